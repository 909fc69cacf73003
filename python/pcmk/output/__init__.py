"""How commands write: pieces of XML and texts that all of them share."""
