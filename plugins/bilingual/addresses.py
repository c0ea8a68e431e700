"""Where a page lies: one rule for links, files and the absolute form."""

from urllib.parse import urlsplit


class Addresses:
    """Addresses below a site's URL, whose path (if any) stands before each of them."""

    def __init__(self, siteurl: str) -> None:
        parts = urlsplit(siteurl)
        self.origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        self.base = parts.path.rstrip("/")

    def path(self, *parts: str) -> str:
        """Return a page's path: `path("ja", "columns")` is `/ja/columns/`."""
        return "/".join((self.base, *parts, ""))

    def absolute(self, path: str) -> str:
        """Return a path of this site as a whole URL."""
        return f"{self.origin}{path}"

    def file(self, path: str) -> str:
        """Return the file below the output that answers at a path."""
        name = path.removeprefix(self.base).lstrip("/")
        return f"{name}index.html" if name.endswith("/") or not name else name
