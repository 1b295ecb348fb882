"""Calls to addresses that somebody else names: articles by URL, webhooks. The one door out of the service.

A host is looked up here, once for each connection; every address it has is judged (``domain.addresses``), and the
connection goes to an address that was judged, so that a name cannot mean one host when it is checked and another when
it is called. TLS and the Host header keep the name. Proxies, cookies and credentials of the environment play no part.
Nothing lasts longer than its deadline, however slowly the other side sends; nothing is unpacked beyond its limit.
"""

from app.outbound.door import LONGEST_URL, Limits, Outbound, Reply

__all__ = ["LONGEST_URL", "Limits", "Outbound", "Reply"]
