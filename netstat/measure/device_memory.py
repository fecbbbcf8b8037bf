"""The peak of a device's memory around one call, by the device's own allocator."""

from netstat.measure.devices import Device
from netstat.measure.sampling import Forward
from netstat.records.device_memory import DeviceMemory


def peak_memory(call: Forward, device: Device) -> DeviceMemory | None:
    """Memory of `device` while `call` runs once, what was there before included; None where nobody keeps count.

    Blocks that the allocator keeps from earlier calls count as reserved, so `call` is best run in a fresh process, or
    once before. Peaks that the program itself was following start anew here.
    """
    device.synchronize()
    device.forget_peaks()
    before = device.memory()
    if before is None:
        return None
    result = call()  # kept, so that the outputs still exist when the peaks are read
    device.synchronize()
    after = device.memory()
    del result
    assert after is not None
    return DeviceMemory(**{**after, "before": before["before"]})
