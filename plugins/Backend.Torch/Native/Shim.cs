using System.Runtime.InteropServices;
using Spud;

namespace Backend.Torch.Native;

/// <summary>The functions of the shim. Each returns 0, or the address of what went wrong as text.</summary>
internal static unsafe partial class Shim
{
    private const string Library = "spud_torch";

    [LibraryImport(Library, EntryPoint = "spud_torch_abi")]
    public static partial int Abi();

    [LibraryImport(Library, EntryPoint = "spud_torch_built")]
    public static partial nint Built();

    [LibraryImport(Library, EntryPoint = "spud_torch_config")]
    public static partial nint Config();

    [LibraryImport(Library, EntryPoint = "spud_torch_threads")]
    public static partial nint Threads(int threads);

    [LibraryImport(Library, EntryPoint = "spud_torch_openblas_threads")]
    public static partial int OpenBlasThreads();

    [LibraryImport(Library, EntryPoint = "spud_torch_head")]
    public static partial nint Head(in NativeHeadConfig config, out nint made);

    [LibraryImport(Library, EntryPoint = "spud_torch_head_free")]
    public static partial void HeadFree(nint head);

    [LibraryImport(Library, EntryPoint = "spud_torch_head_embed")]
    public static partial nint HeadEmbed(nint head, in NativeView ids, in NativeView hidden);

    [LibraryImport(Library, EntryPoint = "spud_torch_head_logits")]
    public static partial nint HeadLogits(nint head, in NativeView hidden, int* rows, int count, in NativeView logits);

    [LibraryImport(Library, EntryPoint = "spud_torch_attention")]
    public static partial nint Attention(in NativeAttentionConfig config, out nint made);

    [LibraryImport(Library, EntryPoint = "spud_torch_attention_free")]
    public static partial void AttentionFree(nint attention);

    [LibraryImport(Library, EntryPoint = "spud_torch_attention_project")]
    public static partial nint AttentionProject(
        nint attention, in NativeView input, in NativeView positions, in NativeView query, in NativeView key, in NativeView value);

    [LibraryImport(Library, EntryPoint = "spud_torch_attention_fold")]
    public static partial nint AttentionFold(nint attention, in NativeFoldInput input, in NativeState state);

    [LibraryImport(Library, EntryPoint = "spud_torch_attention_finish")]
    public static partial nint AttentionFinish(nint attention, in NativeState state, in NativeView output);

    [LibraryImport(Library, EntryPoint = "spud_torch_rope")]
    public static partial nint Rope(in NativePlace place, double* frequencies, int count, double magnitude, in NativeView cos, in NativeView sin);

    [LibraryImport(Library, EntryPoint = "spud_torch_router")]
    public static partial nint Router(in NativeRouterConfig config, out nint made);

    [LibraryImport(Library, EntryPoint = "spud_torch_router_free")]
    public static partial void RouterFree(nint router);

    [LibraryImport(Library, EntryPoint = "spud_torch_router_route")]
    public static partial nint RouterRoute(nint router, in NativeView hidden, in NativePlan plan);

    [LibraryImport(Library, EntryPoint = "spud_torch_experts")]
    public static partial nint Experts(in NativeExpertsConfig config, out nint made);

    [LibraryImport(Library, EntryPoint = "spud_torch_experts_free")]
    public static partial void ExpertsFree(nint experts);

    [LibraryImport(Library, EntryPoint = "spud_torch_experts_execute")]
    public static partial nint ExpertsExecute(nint experts, in NativeView input, in NativePlan plan, in NativeView output);

    [LibraryImport(Library, EntryPoint = "spud_torch_device_check")]
    public static partial nint DeviceCheck(nint device);

    [LibraryImport(Library, EntryPoint = "spud_torch_device_allocate")]
    public static partial nint DeviceAllocate(nint device, long bytes, out nint address);

    [LibraryImport(Library, EntryPoint = "spud_torch_device_free")]
    public static partial nint DeviceFree(nint address);

    [LibraryImport(Library, EntryPoint = "spud_torch_device_copy")]
    public static partial nint DeviceCopy(
        nint device, in NativeView source, int sourceIsHost, in NativeView destination, int destinationIsHost, long bytesIfAlike);

    [LibraryImport(Library, EntryPoint = "spud_torch_device_append")]
    public static partial nint DeviceAppend(nint device, in NativeView keys, in NativeView values, int* slots, in NativeView keyPages, in NativeView valuePages);

    [LibraryImport(Library, EntryPoint = "spud_torch_device_wait")]
    public static partial nint DeviceWait(nint device);

    /// <summary>Fills the tables of a rotary embedding.</summary>
    public static void Fill(in NativePlace place, ReadOnlySpan<double> frequencies, double magnitude, in TensorView cos, in TensorView sin)
    {
        fixed (double* first = frequencies)
            Require(Rope(place, first, frequencies.Length, magnitude, new(cos), new(sin)));
    }

    /// <summary>Throws what a call returned, if anything.</summary>
    public static void Require(nint error)
    {
        if (error != 0)
            throw TorchFault.Of(Text(error));
    }

    /// <summary>A text of the shim's.</summary>
    public static string Text(nint address) => Marshal.PtrToStringUTF8(address) ?? "";
}
