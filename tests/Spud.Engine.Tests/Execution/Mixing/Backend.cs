using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Mixing;

/// <summary>A backend in one number format, as a pipeline's document names it.</summary>
/// <param name="Name">"onnx f16": plugin backend.onnx.</param>
/// <param name="Use">Its components' name.</param>
/// <param name="Options">The same for attention and experts.</param>
internal sealed record Backend(string Name, string Use, params string[] Options)
{
    /// <summary>What everything is compared with.</summary>
    public static Backend Cpu { get; } = new("cpu", "cpu", "activations=f32");

    /// <summary>All that compute in f32.</summary>
    public static Backend[] Exact { get; } = [Cpu, new("onnx", "onnx", "weights=f32"), new("torch", "torch", "dtype=f32")];

    /// <summary>Those of half the width.</summary>
    public static Backend[] Half { get; } = [new("onnx f16", "onnx", "weights=f16"), new("onnx bf16", "onnx", "weights=bf16"), new("torch f16", "torch", "dtype=f16"), new("torch bf16", "torch", "dtype=bf16")];

    public static Backend Of(string name) => Exact.Concat(Half).Single(backend => backend.Name == name);

    /// <summary>The role, filled by this backend.</summary>
    public IEnumerable<string> As(string role) => [$"{role}.use={Use}", .. Options.Select(option => $"{role}.{option}")];

    /// <summary>Skips the test where the backend cannot run, and says what to do.</summary>
    public void RequireUsable()
    {
        PluginStatus status = PluginCatalog.Check(Path.Combine(TestData.Plugins, $"backend.{Use}"));
        if (status.State != PluginState.Active)
            Assert.Skip($"{status.Reason}");
    }
}
