using Xunit;

namespace Backend.Torch.Tests;

public sealed class NotSetUpTests
{
    [Fact]
    public void LibtorchIsNotSetUp() => Assert.Skip("needs libtorch: run ./spud setup torch, then build again");
}
