using Spud;

namespace Backend.Onnx.Native;

/// <summary>Maps errors of ONNX Runtime to the exceptions defined by the contract.</summary>
internal static class OnnxFault
{
    private static readonly string[] s_memory = ["out of memory", "Failed to allocate memory", "bad_alloc", "CUDA failure 2:", "Available memory of"];

    // After these, every call on a CUDA context returns the same error until the process ends.
    private static readonly string[] s_lost = ["CUDA failure", "CUDA error", "CUBLAS failure", "CUDNN failure", "illegal memory access", "device-side assert"];

    public static Exception Of(string text)
    {
        string line = text.Split('\n', 2)[0].Trim();
        if (Holds(text, s_memory))
            return new InsufficientMemoryException($"ONNX Runtime: {line} Choose a shorter context, fewer sequences, weights f16 or a smaller model.");

        return Holds(text, s_lost)
            ? new DeviceLostException($"ONNX Runtime: {line} Start Spud again; if it happens again, use device cpu.")
            : new OnnxException(text.Trim());
    }

    private static bool Holds(string text, string[] words) => Array.Exists(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
