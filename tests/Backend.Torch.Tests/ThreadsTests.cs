using Backend.Torch.Native;
using Backend.Torch.Tests.Shared;
using Spud.Conformance.Fixtures;
using TorchSharp;
using Xunit;

namespace Backend.Torch.Tests;

[Collection(Alone.Name)]
public sealed class ThreadsTests
{
    [Fact]
    public void LibtorchGetsThePipelinesThreads()
    {
        Libtorch.Require();
        foreach (int threads in new[] { 1, Math.Min(2, Environment.ProcessorCount) })
        {
            using TestBuild build = new(new TestModel().Describe(), threads: threads);
            TorchLibrary.Use(build);
            Assert.Equal(build.Pool.Threads, torch.get_num_threads());
        }
    }
}
