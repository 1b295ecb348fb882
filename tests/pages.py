"""Web pages for the tests, in our own words."""

PARAGRAPHS = (
    "The ferry Halden left Tillhaven at six on Tuesday morning with 240 passengers on board, the operator said.",
    "Mayor Ines Corbeau said about 340 homes had been evacuated after the Marl bridge was closed.",
    "The county put the number of evacuated homes at 410 and said schools would stay shut until Friday.",
)
TEXT = "\n".join(PARAGRAPHS)


def article_page(*, paragraphs: tuple[str, ...] = PARAGRAPHS, head: str | None = None) -> bytes:
    """A news page with all that stands around an article."""
    if head is None:
        head = """<meta charset="utf-8"><title>Marl bridge closed | The Northern Ledger</title>
            <meta property="og:title" content="Marl bridge closed">
            <meta property="og:site_name" content="The Northern Ledger">
            <meta property="article:published_time" content="2024-11-05T18:30:00+01:00">
            <meta name="author" content="Olaf Brandt">"""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!doctype html><html lang="en"><head>{head}</head><body>
        <nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
        <article><h1>Marl bridge closed</h1><p class="byline">By Olaf Brandt</p>{body}</article>
        <section class="comments"><p>First! I saw 9,000 homes.</p></section>
        <footer>All rights reserved</footer></body></html>""".encode()
