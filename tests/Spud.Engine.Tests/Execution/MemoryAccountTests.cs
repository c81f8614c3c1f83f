using Spud.Execution;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class MemoryAccountTests
{
    [Fact]
    public void What_was_allocated_is_counted_and_freed_once()
    {
        CountingDomain domain = new();
        MemoryAccount account = new();
        TensorView view = account.Allocate(domain, ElementType.Q8_0, 2, 64);
        account.Allocate(domain, 100);
        Assert.Equal(2 * 2 * 34, view.Bytes);
        Assert.Equal(136 + 100, account.Bytes);
        Assert.Equal(236, domain.Live);

        account.Dispose();
        account.Dispose();
        Assert.Equal(0, domain.Live);
        Assert.Equal(0, account.Bytes);
    }

    private sealed class CountingDomain : IMemoryDomain
    {
        private nint _next = 64;

        public long Live { get; private set; }

        public string Name => "counting";

        public bool IsHost => false;

        public nint Allocate(long bytes)
        {
            Live += bytes;
            return _next += 64;
        }

        public void Free(nint address, long bytes) => Live -= bytes;

        public void Copy(in TensorView source, in TensorView destination) => throw new NotSupportedException();

        public void Append(in Heads heads, in TensorView slots, PagePool pool) => throw new NotSupportedException();

        public void Wait() => throw new NotSupportedException();
    }
}
