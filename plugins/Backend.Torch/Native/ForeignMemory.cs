using System.Runtime.InteropServices;
using Backend.Torch.Shared;
using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Native;

/// <summary>Tensors over host memory that another component owns and that outlives the tensor.</summary>
internal static unsafe partial class ForeignMemory
{
    /// <summary>A tensor over a view of host memory.</summary>
    public static Tensor Tensor(in TensorView view)
    {
        long* sizes = stackalloc long[view.Rank];
        for (int axis = 0; axis < view.Rank; axis++)
            sizes[axis] = view.Shape[axis];

        return Tensor(view.Address, view.Type.Scalar, sizes, view.Rank);
    }

    /// <summary>The bytes of a view, whatever its type.</summary>
    public static Tensor Bytes(in TensorView view)
    {
        long bytes = view.Bytes;
        return Tensor(view.Address, ScalarType.Byte, &bytes, 1);
    }

    /// <summary>The first elements of a pinned array.</summary>
    public static Tensor Tensor<T>(T[] pinned, int count, ScalarType type)
        where T : unmanaged
    {
        long elements = count;
        return Tensor((nint)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0), type, &elements, 1);
    }

    /// <summary>Address of a tensor's memory, whatever device it is on.</summary>
    public static nint Address(Tensor tensor) => DataPointer(tensor.Handle);

    private static Tensor Tensor(nint address, ScalarType type, long* sizes, int rank)
    {
        // No deleter: the memory belongs to its owner. The public constructors of TorchSharp only take managed arrays.
        nint tensor = New(address, deleter: 0, sizes, rank, (sbyte)type, (sbyte)type, deviceType: 0, deviceIndex: 0, requiresGradient: 0);
        if (tensor == 0)
            CheckForErrors();

        return torch.Tensor.UnsafeCreateTensor(tensor);
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_new")]
    private static partial nint New(
        nint data, nint deleter, long* sizes, int rank, sbyte elementType, sbyte type, int deviceType, int deviceIndex, byte requiresGradient);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSStorage_data_ptr")]
    private static partial nint DataPointer(nint tensor);
}
