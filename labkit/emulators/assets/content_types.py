"""The content type of a file by its name, the same on every machine: nothing is read from the operating system."""

from __future__ import annotations

_EXTENSIONS = """
application/atom+xml atom
application/epub+zip epub
application/geo+json geojson
application/gpx+xml gpx
application/gzip gz
application/java-archive jar war ear
application/json json map
application/json5 json5
application/ld+json jsonld
application/manifest+json webmanifest
application/msword doc dot
application/n-triples nt
application/node cjs
application/octet-stream bin dms lrf mar so dist distz pkg bpk dump elc deploy exe dll deb dmg iso img msi buffer
application/pdf pdf
application/pgp-signature sig
application/postscript ai eps ps
application/rss+xml rss
application/rtf rtf
application/sql sql
application/toml toml
application/vnd.android.package-archive apk
application/vnd.apple.mpegurl m3u8
application/vnd.google-earth.kml+xml kml
application/vnd.google-earth.kmz kmz
application/vnd.ms-excel xls xlm xla xlc xlt xlw
application/vnd.ms-fontobject eot
application/vnd.ms-powerpoint ppt pps pot
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.text odt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.rar rar
application/wasm wasm
application/x-7z-compressed 7z
application/x-bittorrent torrent
application/x-bzip2 bz2 boz
application/x-httpd-php php
application/x-ns-proxy-autoconfig pac
application/x-sh sh
application/x-shockwave-flash swf
application/x-tar tar
application/x-web-app-manifest+json webapp
application/x-x509-ca-cert der crt pem
application/xhtml+xml xhtml xht
application/xml xml xsl xsd rng
application/zip zip
audio/aac adts aac
audio/midi mid midi kar rmi
audio/mp4 m4a mp4a m4b
audio/mpeg mpga mp2 mp2a mp3 m2a m3a
audio/ogg oga ogg spx opus
audio/wav wav
audio/webm weba
audio/x-flac flac
font/collection ttc
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/apng apng
image/avif avif
image/bmp bmp dib
image/gif gif
image/heic heic
image/heif heif
image/jpeg jpg jpeg jpe
image/jxl jxl
image/png png
image/svg+xml svg svgz
image/tiff tif tiff
image/vnd.adobe.photoshop psd
image/vnd.microsoft.icon ico
image/webp webp
model/gltf+json gltf
model/gltf-binary glb
model/obj obj
model/stl stl
model/vnd.usdz+zip usdz
text/cache-manifest appcache manifest
text/calendar ics ifb
text/css css
text/csv csv
text/html html htm shtml
text/javascript js mjs
text/jsx jsx
text/less less
text/markdown md markdown
text/mdx mdx
text/plain txt text conf def list log in ini
text/tab-separated-values tsv
text/turtle ttl
text/vcard vcard
text/vtt vtt
text/wgsl wgsl
text/x-c c cc cxx cpp h hh dic
text/x-java-source java
text/x-sass sass
text/x-scss scss
text/yaml yaml yml
video/mp2t ts m2t m2ts mts
video/mp4 mp4 mp4v mpg4
video/mpeg mpeg mpg mpe m1v m2v
video/ogg ogv
video/quicktime qt mov
video/webm webm
video/x-m4v m4v
video/x-matroska mkv mk3d mks
video/x-ms-wmv wmv
video/x-msvideo avi
"""
"""Those that a site holds, each with the type that wrangler gives it (`tests/emulators/test_assets_files.py`)."""

TYPES = {name: line.split()[0] for line in _EXTENSIONS.split("\n") for name in line.split()[1:]}


def content_type(path: str) -> str | None:
    """The type that wrangler gives a file, None where it knows none: such a file is served without the header."""
    name = path.rpartition("/")[2].lower()
    stem, _, extension = name.rpartition(".")
    found = TYPES.get(extension) if stem else None
    return f"{found}; charset=utf-8" if found and found.startswith("text/") else found
