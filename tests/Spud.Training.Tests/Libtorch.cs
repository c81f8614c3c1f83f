using Spud.Training.Native;

namespace Spud.Training.Tests;

/// <summary>Loads libtorch once for all tests.</summary>
internal static class Libtorch
{
    private static readonly Lazy<bool> s_loaded = new(static () =>
    {
        TorchLibrary.Load();
        return true;
    });

    public static void Require() => _ = s_loaded.Value;
}
