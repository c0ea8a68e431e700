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
        """Return the file below the output that answers at a path.

        Only what ends in .html or .htm is a file's name; all else is a folder with a page.
        """
        name = path.removeprefix(self.base).strip("/")
        return name if name.endswith((".html", ".htm")) else f"{name}/index.html".lstrip("/")
