using Xunit;

namespace Backend.Onnx.Tests;

/// <summary>All that is compiled of this project where ONNX Runtime is not set up.</summary>
public sealed class NotSetUpTests
{
    [Fact]
    public void TheBackendAgreesWithItsReferences() => Assert.Skip("ONNX Runtime is not set up. Run: ./spud setup onnx");
}
