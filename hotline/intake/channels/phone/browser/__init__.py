"""浏览器话机: a browser that is a telephone of the PBX, for whom the administrator gave it."""
