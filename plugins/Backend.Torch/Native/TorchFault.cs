using System.Runtime.InteropServices;
using Spud;

namespace Backend.Torch.Native;

/// <summary>Maps libtorch's errors to the exceptions defined by the contract.</summary>
internal static class TorchFault
{
    private static readonly string[] s_memory = ["out of memory", "can't allocate memory", "bad_alloc"];

    // After these, every call on a CUDA context returns the same error until the process ends.
    private static readonly string[] s_lost = ["CUDA error", "device-side assert", "illegal memory access", "unspecified launch failure", "CUBLAS_STATUS", "CUDNN_STATUS"];

    /// <summary>Maps an exception thrown by TorchSharp.</summary>
    public static Exception Of(ExternalException fault) => Of(fault.Message, fault);

    /// <summary>Maps a libtorch error message; its C++ stack trace is removed.</summary>
    public static Exception Of(string text, Exception? cause = null)
    {
        int trace = text.IndexOf("\nException raised from", StringComparison.Ordinal);
        string message = (trace < 0 ? text : text[..trace]).Trim(), line = message.Split('\n', 2)[0].Trim();
        if (Contains(text, s_memory))
            return new InsufficientMemoryException($"libtorch: {line} Choose a shorter context, fewer sequences, dtype bf16 or a smaller model.", cause);

        return Contains(text, s_lost)
            ? new DeviceLostException($"libtorch: {line} Start Spud again; if it happens again, use device cpu.", cause)
            : new InvalidOperationException($"libtorch: {message}", cause);
    }

    private static bool Contains(string text, string[] words) => Array.Exists(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
