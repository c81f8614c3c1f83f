using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>Access to the memory of a tensor.</summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>The first number of a dense tensor. Valid during the tensor's lifetime.</summary>
    /// <exception cref="ArgumentException">The element size differs, or the tensor is not contiguous.</exception>
    public static T* Of<T>(Tensor tensor)
        where T : unmanaged
    {
        if (tensor.element_size() != sizeof(T) || !tensor.is_contiguous())
            throw new ArgumentException($"expected a dense tensor with {sizeof(T)} bytes a number, got {tensor}", nameof(tensor));

        return (T*)Data(tensor.Handle);
    }

    /// <summary>All bytes of a dense tensor. Valid during the tensor's lifetime.</summary>
    public static UnmanagedMemoryStream Bytes(Tensor tensor)
    {
        long bytes = tensor.numel() * tensor.element_size();
        return new((byte*)Data(tensor.Handle), bytes, bytes, FileAccess.ReadWrite);
    }

    /// <summary>Its numbers as a span; at most 2^31 of them.</summary>
    public static Span<T> Span<T>(Tensor tensor)
        where T : unmanaged => new(Of<T>(tensor), checked((int)tensor.numel()));

    /// <summary>The last axis.</summary>
    public static int Width(Tensor tensor) => (int)tensor.shape[^1];

    /// <summary>The product of all axes but the last.</summary>
    public static int Rows(Tensor tensor) => (int)(tensor.numel() / tensor.shape[^1]);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
