using Backend.Torch.Native;
using Backend.Torch.Tests.Shared;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Torch.Tests;

[Collection(Alone.Name)]
public sealed class ThreadsTests
{
    [Fact]
    public void OpenBlasGetsThePipelinesThreads()
    {
        Libtorch.Require();
        Assert.SkipWhen(Shim.OpenBlasThreads() == 0, "libtorch computes with another BLAS: apt-get install libopenblas0-pthread");
        // More than there are processors are not to be had.
        using TestBuild one = new(new TestModel().Describe(), threads: 1);
        TorchLibrary.Use(one);
        Assert.Equal(1, Shim.OpenBlasThreads());
        using TestBuild two = new(new TestModel().Describe(), threads: Math.Min(2, Environment.ProcessorCount));
        TorchLibrary.Use(two);
        Assert.Equal(two.Pool.Threads, Shim.OpenBlasThreads());
    }
}
