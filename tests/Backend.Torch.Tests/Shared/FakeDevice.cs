using System.Runtime.CompilerServices;
using Backend.Torch.Device;

namespace Backend.Torch.Tests.Shared;

/// <summary>Turns the device of these tests on, before any of them runs: in the plugin that is referenced here and in the one that is loaded.</summary>
internal static class FakeDevice
{
    [ModuleInitializer]
    internal static void TurnOn() => AppContext.SetSwitch(TorchDevice.FakeDeviceSwitch, true);
}
