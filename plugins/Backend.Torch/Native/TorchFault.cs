using Spud;

namespace Backend.Torch.Native;

/// <summary>Turns what libtorch says into the exception that the contract has for it.</summary>
internal static class TorchFault
{
    private static readonly string[] s_memory = ["out of memory", "can't allocate memory", "bad_alloc"];

    // After these a CUDA context answers nothing but the same error until the process ends.
    private static readonly string[] s_lost = ["CUDA error", "device-side assert", "illegal memory access", "unspecified launch failure", "CUBLAS_STATUS", "CUDNN_STATUS"];

    public static Exception Of(string text)
    {
        string line = text.Split('\n', 2)[0].Trim();
        if (Holds(text, s_memory))
            return new InsufficientMemoryException($"libtorch: {line} Choose a shorter context, fewer sequences, dtype bf16 or a smaller model.");

        return Holds(text, s_lost)
            ? new DeviceLostException($"libtorch: {line} Start Spud again; if it happens again, use device cpu.")
            : new InvalidOperationException($"libtorch: {text.Trim()}");
    }

    private static bool Holds(string text, string[] words) => Array.Exists(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
