"""Urgency by rule, from which the urgency head learns: no public corpus labels it.

A call is as urgent as its matter, and one step more where the voice is angry or afraid:

| matter | examples | any other voice | anger or fear |
|---|---|---|---|
| 2: money or access is being lost now | a stolen card, an unknown payment | high | high |
| 1: something is stuck or went wrong | a failed transfer, a wrong charge | medium | high |
| 0: a question or an order | exchange rates, a spare card | low | medium |

This is a convention of this application, not a measurement of people. Change the table, train again.
"""

from __future__ import annotations

LEVELS = ("low", "medium", "high")
RAISING = frozenset({"anger", "fear"})

_NOW = """
card_payment_not_recognised card_swallowed cash_withdrawal_not_recognised compromised_card
direct_debit_payment_not_recognised lost_or_stolen_card lost_or_stolen_phone transaction_charged_twice
wrong_amount_of_cash_received
"""
_STUCK = """
Refund_not_showing_up balance_not_updated_after_bank_transfer balance_not_updated_after_cheque_or_cash_deposit
beneficiary_not_allowed cancel_transfer card_not_working card_payment_fee_charged card_payment_wrong_exchange_rate
contactless_not_working declined_card_payment declined_cash_withdrawal declined_transfer extra_charge_on_statement
failed_transfer passcode_forgotten pending_card_payment pending_cash_withdrawal pending_top_up pending_transfer
pin_blocked request_refund reverted_card_payment? terminate_account top_up_failed top_up_reverted transfer_fee_charged
transfer_not_received_by_recipient unable_to_verify_identity virtual_card_not_working
wrong_exchange_rate_for_cash_withdrawal
"""
SEVERITY: dict[str, int] = {**dict.fromkeys(_STUCK.split(), 1), **dict.fromkeys(_NOW.split(), 2)}
"""Severity of the intents that are not 0."""


def urgency(intent: str, emotion: str) -> str:
    """The rule's level for a matter told in a voice."""
    return LEVELS[min(SEVERITY.get(intent, 0) + (emotion in RAISING), len(LEVELS) - 1)]
