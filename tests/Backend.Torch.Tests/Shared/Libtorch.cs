using Backend.Torch.Native;
using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>What every test here needs.</summary>
internal static class Libtorch
{
    /// <summary>Skips the test, aloud, where libtorch is not set up.</summary>
    public static void Require() => Assert.SkipWhen(TorchLibrary.Missing is not null, $"needs libtorch: ./spud setup torch, then build again ({TorchLibrary.Missing})");
}
