using Spud;

namespace Backend.Onnx.Shared;

/// <summary>Where graphs are computed.</summary>
internal static class Device
{
    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    /// <exception cref="RefusedException">There is no such device.</exception>
    public static void Require(OnnxOptions options)
    {
        if (options.Device == Cpu)
            return;
        throw options.Device.StartsWith("cuda", StringComparison.Ordinal)
            ? new RefusedException($"device {options.Device}: this backend computes on the processor only so far (its CUDA provider has not been run on a GPU). Set device to \"cpu\".")
            : new RefusedException($"device '{options.Device}' is not known. Known: cpu.");
    }
}
