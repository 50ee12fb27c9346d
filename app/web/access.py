"""Who may see a page: each declares its permission, or that it is for everybody."""

from fastapi import Depends

from app.domain.access import AccessDeclaration


class Everybody(AccessDeclaration):
    """Lets everybody in: what the page shows is in the law, or about the service."""

    async def __call__(self) -> None:
        """Let the request pass."""


PUBLIC = Depends(Everybody())
