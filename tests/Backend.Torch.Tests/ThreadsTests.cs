using Backend.Torch.Native;
using Backend.Torch.Tests.Shared;
using TorchSharp;
using Xunit;

namespace Backend.Torch.Tests;

[Collection(Alone.Name)]
public sealed class ThreadsTests
{
    [Fact]
    public void ACallHasItsOwnNumberOfThreads()
    {
        Libtorch.Require();
        int before = torch.get_num_threads();
        using (NativeCall call = new(3))
        {
            Compute();
            Assert.Equal(3, torch.get_num_threads());
            using (NativeThreads inner = new(1))
                Assert.Equal(1, torch.get_num_threads());

            Assert.Equal(3, torch.get_num_threads());
        }

        Assert.Equal(before, torch.get_num_threads());
    }

    /// <summary>A thread's first operation makes libtorch take the process's number; set before it, a thread's own number was lost.</summary>
    [Fact]
    public void AThreadThatLibtorchHasNotSeenKeepsItsNumber()
    {
        Libtorch.Require();
        int seen = 0;
        Thread fresh = new(() =>
        {
            using NativeCall call = new(1);
            Compute();
            seen = torch.get_num_threads();
        });
        torch.set_num_threads(2);
        fresh.Start();
        fresh.Join();
        Assert.Equal(1, seen);
    }

    private static void Compute()
    {
        using torch.Tensor numbers = torch.ones(512, 512), product = numbers.mm(numbers);
    }
}
