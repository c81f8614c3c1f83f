using Backend.Onnx.Native;
using Spud;
using Xunit;

namespace Backend.Onnx.Tests.Device;

/// <summary>What ONNX Runtime says about a device, as the contract's exceptions.</summary>
public sealed class OnnxFaultTests
{
    [Theory]
    [InlineData("BFCArena::AllocateRawInternal Available memory of 12 is smaller than requested bytes of 4096")]
    [InlineData("CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc((void**)&p, size);")]
    [InlineData("Failed to allocate memory for requested buffer of size 17179869184")]
    public void MemoryThatIsNotThere(string text)
    {
        InsufficientMemoryException exception = Assert.IsType<InsufficientMemoryException>(OnnxFault.Of(text));
        Assert.Contains("shorter context", exception.Message);
    }

    [Theory]
    [InlineData("CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; expr=cudaStreamSynchronize(stream)")]
    [InlineData("CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED ; GPU=0")]
    public void ADeviceThatIsGone(string text) => Assert.Contains("device cpu", Assert.IsType<DeviceLostException>(OnnxFault.Of(text)).Message);

    [Fact]
    public void AnythingElseIsWhatItIs() => Assert.Contains("Invalid rank", Assert.IsType<OnnxException>(OnnxFault.Of("[ErrorCode:InvalidArgument] Invalid rank for input")).Message);
}
