using System.Runtime.InteropServices;

namespace Backend.Onnx.Native;

/// <summary>
/// The calls of ONNX Runtime's C API that a step makes, as function pointers: the managed API allocates an object for every value
/// bound. Their indices in the table never change (onnxruntime_c_api.h: "this struct is append-only").
/// </summary>
internal static unsafe class OrtApi
{
    private const uint Version = 14;
    private const int GetErrorMessage = 2, CreateTensorWithData = 49, AllocatorAlloc = 75, AllocatorFree = 76, ReleaseStatus = 93, ReleaseValue = 96, BindInputAt = 136, BindOutputAt = 137;

    private static readonly nint* s_table = Load();

    /// <summary>Binds memory, wrapped in a tensor, to a named input or output.</summary>
    /// <param name="binding">OrtIoBinding.</param>
    /// <param name="name">UTF-8, null-terminated.</param>
    /// <param name="isOutput">Whether it is an output.</param>
    /// <param name="tensor">The memory to bind.</param>
    /// <param name="shape">The tensor's shape.</param>
    /// <exception cref="OnnxException">The call failed.</exception>
    public static void Bind(nint binding, nint name, bool isOutput, in BoundTensor tensor, ReadOnlySpan<int> shape)
    {
        long* lengths = stackalloc long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            lengths[i] = shape[i];

        nint value;
        Check(((delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)s_table[CreateTensorWithData])(
            tensor.Memory, tensor.Address, (nuint)tensor.Bytes, lengths, (nuint)shape.Length, tensor.Type, &value));

        // The binding holds its own reference to the value, so this one is released at once.
        nint status = ((delegate* unmanaged<nint, nint, nint, nint>)s_table[isOutput ? BindOutputAt : BindInputAt])(binding, name, value);
        ((delegate* unmanaged<nint, void>)s_table[ReleaseValue])(value);
        Check(status);
    }

    /// <summary>Allocates memory from an allocator.</summary>
    /// <exception cref="InsufficientMemoryException">There is not enough memory.</exception>
    public static nint Allocate(nint allocator, long bytes)
    {
        nint address;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)s_table[AllocatorAlloc])(allocator, (nuint)bytes, &address));
        return address != 0 ? address : throw new InsufficientMemoryException($"ONNX Runtime has no {bytes} bytes left. Choose a shorter context, fewer sequences, weights f16 or a smaller model.");
    }

    /// <summary>Frees memory; the only possible error is a lost device, whose memory is already gone.</summary>
    public static void Free(nint allocator, nint address)
    {
        nint status = ((delegate* unmanaged<nint, nint, nint>)s_table[AllocatorFree])(allocator, address);
        if (status != 0)
            ((delegate* unmanaged<nint, void>)s_table[ReleaseStatus])(status);
    }

    private static void Check(nint status)
    {
        if (status == 0)
            return;

        string text = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)s_table[GetErrorMessage])(status)) ?? "no message";
        ((delegate* unmanaged<nint, void>)s_table[ReleaseStatus])(status);
        throw OnnxFault.Of(text);
    }

    private static nint* Load()
    {
        nint* start = ((delegate* unmanaged<nint*>)NativeLibrary.GetExport(OrtLibrary.Handle, "OrtGetApiBase"))();
        nint table = ((delegate* unmanaged<uint, nint>)start[0])(Version);
        return table != 0 ? (nint*)table : throw new OnnxException($"this ONNX Runtime has no API of version {Version}");
    }
}
