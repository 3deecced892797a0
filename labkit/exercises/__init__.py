"""The exercises: `<topic>/<number>/` is one, and no list names it. How to write one: AUTHORING.md."""
