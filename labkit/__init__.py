"""The Edge Workbook's bench: the Cloudflare Developer Platform, emulated in this process."""
