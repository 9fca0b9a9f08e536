"""The business domains from which `drawing` draws databases."""

from __future__ import annotations

from mome.pretrain.business import goods_domains, sales_domains, service_domains
from mome.pretrain.business.templates import read_domain

DOMAINS = tuple(
    read_domain(text)
    for text in (
        sales_domains.BILLS,
        sales_domains.SHOP,
        sales_domains.SUBSCRIPTIONS,
        service_domains.TICKETS,
        service_domains.TIMES,
        sales_domains.SALES,
        sales_domains.DONATIONS,
        goods_domains.FREIGHT,
        service_domains.CLINIC,
        service_domains.STAFF,
        goods_domains.STOCK,
        service_domains.RENTALS,
        service_domains.LESSONS,
        goods_domains.INSURANCE,
        goods_domains.FACTORY,
        goods_domains.FLEET,
    )
)
"""The domains; a database of number n is of domain n modulo their number, so their order stays."""
