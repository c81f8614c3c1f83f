using System.Runtime.InteropServices;

namespace Backend.Onnx.Native;

/// <summary>
/// The calls of ONNX Runtime's C API that a step makes, as function pointers: the managed API allocates an object for every value that
/// is bound. Their places in the table never change (onnxruntime_c_api.h: "this struct is append-only").
/// </summary>
internal static unsafe class OrtApi
{
    private const uint Version = 14;
    private const int GetErrorMessage = 2, CreateTensorWithData = 49, AllocatorAlloc = 75, AllocatorFree = 76, ReleaseStatus = 93, ReleaseValue = 96, BindInputAt = 136, BindOutputAt = 137;

    private static readonly nint* s_table = Load();

    /// <summary>Binds memory, of which a tensor is made for it, to a named input or output.</summary>
    /// <param name="binding">OrtIoBinding.</param>
    /// <param name="name">UTF-8, ending with 0.</param>
    /// <param name="isOutput">Whether it is written.</param>
    /// <param name="tensor">What is bound.</param>
    /// <param name="shape">Its lengths.</param>
    /// <exception cref="OnnxException">The library refuses.</exception>
    public static void Bind(nint binding, nint name, bool isOutput, in BoundTensor tensor, ReadOnlySpan<int> shape)
    {
        long* lengths = stackalloc long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            lengths[i] = shape[i];

        nint value;
        Check(((delegate* unmanaged<nint, nint, nuint, long*, nuint, int, nint*, nint>)s_table[CreateTensorWithData])(
            tensor.Memory, tensor.Address, (nuint)tensor.Bytes, lengths, (nuint)shape.Length, tensor.Type, &value));

        // The binding keeps a share of the value: this one is given back at once.
        nint status = ((delegate* unmanaged<nint, nint, nint, nint>)s_table[isOutput ? BindOutputAt : BindInputAt])(binding, name, value);
        ((delegate* unmanaged<nint, void>)s_table[ReleaseValue])(value);
        Check(status);
    }

    /// <summary>Memory of an allocator.</summary>
    /// <exception cref="InsufficientMemoryException">There is not so much.</exception>
    public static nint Allocate(nint allocator, long bytes)
    {
        nint address;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)s_table[AllocatorAlloc])(allocator, (nuint)bytes, &address));
        return address != 0 ? address : throw new InsufficientMemoryException($"ONNX Runtime has no {bytes} bytes left. Choose a shorter context, fewer sequences, weights f16 or a smaller model.");
    }

    /// <summary>Gives it back; what could fail here is a lost device, whose memory is gone already.</summary>
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
