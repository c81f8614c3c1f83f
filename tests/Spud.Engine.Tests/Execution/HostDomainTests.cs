using Spud.Execution;
using Spud.Numerics.Blocks;
using Xunit;

namespace Spud.Tests.Execution;

public sealed class HostDomainTests
{
    private readonly HostDomain _host = new();

    [Fact]
    public void Memory_is_aligned_and_zeroed_also_when_it_is_used_again()
    {
        Random random = new(1);
        for (int round = 0; round < 500; round++)
        {
            int bytes = round % 50 == 0 ? random.Next(1 << 20, 1 << 24) : random.Next(1, 5000);
            nint address = _host.Allocate(bytes);
            Span<byte> all = new TensorView(_host, address, ElementType.I8, bytes).AsSpan<byte>();
            Assert.Equal(0, address % 64);
            Assert.False(all.ContainsAnyExcept((byte)0));
            all.Fill(0xa5);
            _host.Free(address, bytes);
        }
    }

    [Theory]
    [InlineData(1L << 60)]
    [InlineData(long.MaxValue)]
    public void A_request_beyond_the_machine_is_refused_with_its_size(long bytes)
    {
        InsufficientMemoryException refusal = Assert.Throws<InsufficientMemoryException>(() => _host.Allocate(bytes));
        Assert.Contains($"{bytes:N0} bytes", refusal.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void No_bytes_are_no_request(long bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => _host.Allocate(bytes));

    [Theory]
    [InlineData(ElementType.F32, 0)]
    [InlineData(ElementType.F16, 1f / 2048)]
    [InlineData(ElementType.BF16, 1f / 256)]
    [InlineData(ElementType.Q8_0, 1f / 230)]
    [InlineData(ElementType.Q4_0, 1f / 7)]
    public void Numbers_survive_the_way_into_a_format_and_back(ElementType type, float tolerance)
    {
        using MemoryAccount memory = new();
        TensorView source = memory.Allocate(_host, ElementType.F32, 3, 64), there = memory.Allocate(_host, type, 3, 64), back = memory.Allocate(_host, ElementType.F32, 3, 64);
        Fill(source, 3);
        _host.Copy(source, there);
        _host.Copy(there, back);
        AssertClose(source.AsSpan<float>(), back.AsSpan<float>(), tolerance);
    }

    [Fact]
    public void A_view_of_another_shape_or_a_conversion_that_does_not_exist_is_refused_by_name()
    {
        using MemoryAccount memory = new();
        TensorView q4 = memory.Allocate(_host, ElementType.Q4_0, 2, 64), q8 = memory.Allocate(_host, ElementType.Q8_0, 2, 64);
        ArgumentException shape = Assert.Throws<ArgumentException>(() => _host.Copy(q4, q8.Rows(0, 1)));
        Assert.Equal("copy: 2 x 64 does not fit 1 x 64", shape.Message);
        ArgumentException types = Assert.Throws<ArgumentException>(() => _host.Copy(q4, q8));
        Assert.Equal("copy: Q4_0 does not convert to Q8_0", types.Message);
    }

    [Theory]
    [InlineData(ElementType.F32, ElementType.F32, 0)]
    [InlineData(ElementType.F16, ElementType.F16, 1f / 2048)]
    [InlineData(ElementType.BF16, ElementType.F32, 1f / 256)]
    [InlineData(ElementType.Q8_0, ElementType.Q4_0, 1f / 7)]
    [InlineData(ElementType.F32, ElementType.Q8_0, 1f / 230)]
    public void Rows_go_to_their_slots_and_nowhere_else(ElementType keys, ElementType values, float tolerance)
    {
        using MemoryAccount memory = new();
        const int pages = 3, heads = 2, pageTokens = 4, keyWidth = 32, valueWidth = 64, rows = 5;
        PagePool pool = new()
        {
            Keys = memory.Allocate(_host, keys, pages, heads, pageTokens, keyWidth),
            Values = memory.Allocate(_host, values, pages, heads, pageTokens, valueWidth),
            Positions = memory.Allocate(_host, ElementType.I32, pages, pageTokens),
        };
        Heads of = new()
        {
            Query = memory.Allocate(_host, ElementType.F32, rows, heads, keyWidth),
            Key = memory.Allocate(_host, ElementType.F32, rows, heads, keyWidth),
            Value = memory.Allocate(_host, ElementType.F32, rows, heads, valueWidth),
        };
        Fill(of.Key, 5);
        Fill(of.Value, 6);
        TensorView slots = memory.Allocate(_host, ElementType.I32, rows);
        int[] to = [9, 2, 11, 0, 5];
        to.CopyTo(slots.AsSpan<int>());
        _host.Append(of, slots, pool);

        AssertAppended(memory, of.Key, pool.Keys, to, tolerance);
        AssertAppended(memory, of.Value, pool.Values, to, tolerance);
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.Q8_0)]
    [InlineData(ElementType.Q4_0)]
    public void What_is_appended_has_the_bytes_that_rounding_gives(ElementType type)
    {
        using MemoryAccount memory = new();
        const int heads = 2, width = 64, rows = 3;
        PagePool pool = new()
        {
            Keys = memory.Allocate(_host, type, 1, heads, rows, width),
            Values = memory.Allocate(_host, type, 1, heads, rows, width),
            Positions = memory.Allocate(_host, ElementType.I32, 1, rows),
        };
        TensorView query = memory.Allocate(_host, ElementType.F32, rows, heads, width), key = memory.Allocate(_host, ElementType.F32, rows, heads, width);
        Fill(key, 7);
        TensorView slots = memory.Allocate(_host, ElementType.I32, rows);
        new[] { 2, 0, 1 }.CopyTo(slots.AsSpan<int>());
        _host.Append(new() { Query = query, Key = key, Value = key }, slots, pool);

        byte[] expected = new byte[type.BytesOf(width)];
        for (int row = 0; row < rows; row++)
        {
            for (int head = 0; head < heads; head++)
            {
                Rounding.FromF32((int)type, key.At(row).At(head).AsSpan<float>(), expected);
                foreach (TensorView pages in new[] { pool.Keys, pool.Values })
                {
                    TensorView stored = pages.At(0).At(head).At(slots.AsSpan<int>()[row]);
                    Assert.Equal(expected, new TensorView(_host, stored.Address, ElementType.I8, expected.Length).AsSpan<byte>().ToArray());
                }
            }
        }
    }

    private void AssertAppended(MemoryAccount memory, in TensorView rows, in TensorView pages, int[] slots, float tolerance)
    {
        TensorView plain = memory.Allocate(_host, ElementType.F32, pages.Shape);
        _host.Copy(pages, plain);
        for (int slot = 0; slot < pages.Shape[0] * pages.Shape[2]; slot++)
        {
            for (int head = 0; head < pages.Shape[1]; head++)
            {
                Span<float> got = plain.At(slot / pages.Shape[2]).At(head).At(slot % pages.Shape[2]).AsSpan<float>();
                int row = Array.IndexOf(slots, slot);
                if (row < 0)
                    Assert.False(got.ContainsAnyExcept(0f));
                else
                    AssertClose(rows.At(row).At(head).AsSpan<float>(), got, tolerance);
            }
        }
    }

    private static void Fill(in TensorView view, int seed)
    {
        Random random = new(seed);
        foreach (ref float x in view.AsSpan<float>())
            x = random.NextSingle() * 2 - 1;
    }

    // Relative to the largest number: block formats have one scale.
    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> got, float tolerance)
    {
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(got[i], expected[i] - tolerance, expected[i] + tolerance);
    }
}
