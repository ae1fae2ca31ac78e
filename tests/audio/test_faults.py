"""The vocabulary of faults."""

from classically_punk.contracts.faults import DESCRIPTIONS, REJECTING, Fault, in_order, joined, status


def test_every_fault_is_described_in_a_sentence():
    assert set(DESCRIPTIONS) == set(Fault)
    assert all(text[0].isupper() and text.endswith(".") for text in DESCRIPTIONS.values())


def test_names_are_safe_in_a_cell_of_clips_csv():
    assert all(fault.value.replace("_", "").isalpha() and fault.value.islower() for fault in Fault)


def test_status():
    assert status([]) == "ok"
    assert status([Fault.RESAMPLED, Fault.CLIPPED]) == "flagged"
    assert status([Fault.RESAMPLED, Fault.SILENT]) == "rejected"
    assert Fault.TRUNCATED not in REJECTING


def test_each_once_in_one_order():
    faults = [Fault.RESAMPLED, Fault.TRUNCATED, Fault.RESAMPLED]
    assert in_order(faults) == (Fault.TRUNCATED, Fault.RESAMPLED)
    assert joined(faults) == "truncated;resampled"
    assert joined([]) == ""
