using Xunit;

namespace Backend.Onnx.Tests;

/// <summary>All that is compiled of this project where ONNX Runtime was not fetched.</summary>
public sealed class NotSetUpTests
{
    [Fact]
    public void TheBackendAgreesWithItsReferences() => Assert.Skip("ONNX Runtime was not fetched. Run: ./spud setup onnx");
}
