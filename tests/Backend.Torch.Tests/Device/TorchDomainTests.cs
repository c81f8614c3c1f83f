using Backend.Torch.Device;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Backend.Torch.Tests.Device;

/// <summary>The domain of a device, on a device that is the processor in disguise: the same code, the same calls.</summary>
public sealed class TorchDomainTests : IDisposable
{
    private readonly TestBuild _build = new(new TestModel().Describe());

    [Fact]
    public void ThereIsOneDomainForADevice()
    {
        IMemoryDomain domain = Domain();
        Assert.Same(domain, Domain());
        Assert.False(domain.IsHost);
        Assert.Equal("torch cuda:99", domain.Name);
    }

    [Fact]
    public void MemoryIsAlignedAndZeroed()
    {
        IMemoryDomain domain = Domain();
        for (int round = 0; round < 50; round++)
        {
            nint address = domain.Allocate(1000 + round);
            Assert.Equal(0, address % 64);
            TensorView there = new(domain, address, ElementType.I8, 1000 + round), back = _build.Allocate(_build.Host, ElementType.I8, 1000 + round);
            domain.Copy(there, back);
            domain.Wait();
            Assert.False(back.AsSpan<byte>().ContainsAnyExcept((byte)0));
            back.AsSpan<byte>().Fill(0xa5);
            domain.Copy(back, there);
            domain.Free(address, 1000 + round);
        }
    }

    [Fact]
    public void TooMuchMemoryIsRefusedWithItsSize() =>
        Assert.Contains("tried to allocate", Assert.Throws<InsufficientMemoryException>(() => Domain().Allocate(1L << 60)).Message);

    [Theory]
    [InlineData(ElementType.F32, 0)]
    [InlineData(ElementType.F16, 1f / 2048)]
    [InlineData(ElementType.BF16, 1f / 256)]
    public void NumbersSurviveTheWayThereAndBack(ElementType type, float tolerance)
    {
        IMemoryDomain domain = Domain();
        TensorView source = _build.Floats(Samples.Of("source", 3 * 40), 3, 40), there = _build.Allocate(domain, type, 3, 40);
        TensorView back = _build.Floats(default, 3, 40);
        domain.Copy(source, there);
        domain.Copy(there, back);
        domain.Wait();
        for (int i = 0; i < 120; i++)
            Assert.Equal(source.AsSpan<float>()[i], back.AsSpan<float>()[i], tolerance);
    }

    [Fact]
    public void BlocksTravelAsTheyAreAndAreNotConverted()
    {
        Moved moved = new(_build, Domain());
        TensorView blocks = _build.Allocate(_build.Host, ElementType.Q8_0, 2, 64);
        _build.Host.Copy(_build.Floats(Samples.Of("blocks", 128), 2, 64), blocks);
        TensorView back = moved.Back(moved.There(blocks));
        Assert.Equal(Bytes(blocks), Bytes(back));

        IMemoryDomain domain = Domain();
        TensorView floats = _build.Allocate(domain, ElementType.F32, 2, 64);
        Assert.Contains("does not convert Q8_0 to F32", Assert.Throws<ArgumentException>(() => domain.Copy(blocks, floats)).Message);
        Assert.Equal("copy: 2 x 64 does not fit 1 x 64", Assert.Throws<ArgumentException>(() => domain.Copy(floats, floats.Rows(0, 1))).Message);
    }

    [Theory]
    [InlineData(ElementType.F32, new[] { 9, 2, 11, 0, 5 })]
    [InlineData(ElementType.BF16, new[] { 2, 3, 4, 5, 6 })]
    [InlineData(ElementType.F16, new[] { 10, 11, 0, 1, 7 })]
    public void RowsGoToTheSlotsThatTheHostWouldUse(ElementType type, int[] to)
    {
        const int pages = 3, heads = 2, pageTokens = 4, keyWidth = 6, valueWidth = 10, rows = 5;
        Moved moved = new(_build, Domain());
        PagePool host = Pool(type, pages, heads, pageTokens, keyWidth, valueWidth);
        PagePool there = new() { Keys = moved.There(host.Keys), Values = moved.There(host.Values), Positions = host.Positions };
        TensorView slots = _build.Ints(to, rows), query = _build.Floats(default, rows, heads, keyWidth);
        TensorView keys = _build.Floats(Samples.Of("keys", rows * heads * keyWidth), rows, heads, keyWidth);
        TensorView values = _build.Floats(Samples.Of("values", rows * heads * valueWidth), rows, heads, valueWidth);
        _build.Host.Append(new() { Query = query, Key = keys, Value = values }, slots, host);
        Domain().Append(new() { Query = query, Key = moved.There(keys), Value = moved.There(values) }, slots, there);
        Assert.Equal(Bytes(host.Keys), Bytes(moved.Back(there.Keys)));
        Assert.Equal(Bytes(host.Values), Bytes(moved.Back(there.Values)));
    }

    [Fact]
    public void PagesOfBlocksAreRefusedWithWhatToChoose()
    {
        PagePool pool = Pool(ElementType.Q8_0, 1, 1, 4, 32, 32);
        TensorView row = _build.Floats(default, 1, 1, 32);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Domain().Append(new() { Query = row, Key = row, Value = row }, _build.Ints([0], 1), pool));
        Assert.Contains("Choose a cache format of f32, bf16 or f16", refusal.Message);
    }

    public void Dispose() => _build.Dispose();

    private static byte[] Bytes(in TensorView view) => view.AsSpan<byte>().ToArray();

    private IMemoryDomain Domain()
    {
        Libtorch.Require();
        return TorchDevice.Of(TorchDevice.FakeDevice).Domain(_build);
    }

    private PagePool Pool(ElementType type, int pages, int heads, int pageTokens, int keyWidth, int valueWidth) => new()
    {
        Keys = _build.Allocate(_build.Host, type, pages, heads, pageTokens, keyWidth),
        Values = _build.Allocate(_build.Host, type, pages, heads, pageTokens, valueWidth),
        Positions = _build.Ints(default, pages, pageTokens),
    };
}
