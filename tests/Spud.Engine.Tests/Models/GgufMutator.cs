using System.Buffers.Binary;
using Spud.Models;

namespace Spud.Tests.Models;

/// <summary>Makes broken GGUF files out of good ones; the same number gives the same file.</summary>
internal sealed class GgufMutator
{
    private static readonly ulong[] _tempting =
    [
        0, 1, 2, 3, 4, 7, 8, 12, 13, 31, 32, 33, 255, 256, 65535, 65536, 1 << 20, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1ul << 32,
        1ul << 40, 1ul << 60, (1ul << 60) + 1, long.MaxValue - 31, long.MaxValue, 1ul << 63, ulong.MaxValue - 31, ulong.MaxValue - 7, ulong.MaxValue,
    ];

    private readonly List<Seed> _seeds = [];

    public GgufMutator()
    {
        GgufBuilder builder = EveryType();
        byte[] small = builder.Build();
        _seeds.Add(new Seed(small, small.Length, [.. builder.Fields]));
        foreach (string name in (string[])["llama", "gemma3", "gpt-oss"])
            _seeds.Add(Header(TestData.Path($"families/{name}.gguf")));
    }

    /// <summary>A good file: its header (or all of it), its whole length, and where its numbers are, if that is known.</summary>
    private sealed record Seed(byte[] Bytes, long Length, (int Offset, int Bytes)[] Fields);

    /// <summary>A mutated file: its first bytes, and its whole length; what lies between is zeros.</summary>
    public (byte[] Bytes, long Length) Make(int number)
    {
        Random random = new(number);
        Seed seed = _seeds[random.Next(3) == 0 ? random.Next(1, _seeds.Count) : 0]; // the small file mostly: more of it is header
        List<byte> bytes = [.. seed.Bytes];
        long length = seed.Length;
        for (int i = random.Next(3) > 0 ? 1 : random.Next(2, 4); i > 0; i--)
        {
            int before = bytes.Count;
            length = Mutate(random, bytes, seed) ? length + bytes.Count - before : bytes.Count;
        }

        return ([.. bytes], Math.Max(length, bytes.Count));
    }

    /// <summary>Mutates once; false if the file ends where the bytes end now.</summary>
    private bool Mutate(Random random, List<byte> bytes, Seed seed)
    {
        switch (random.Next(seed.Fields.Length > 0 ? 8 : 5))
        {
            case 0:
                for (int i = random.Next(1, 9); i > 0 && bytes.Count > 0; i--)
                    bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                return true;
            case 1:
                int end = random.Next(bytes.Count + 1);
                bytes.RemoveRange(end, bytes.Count - end);
                return false;
            case 2:
                Splice(random, bytes);
                return true;
            case 3:
                int from = random.Next(bytes.Count + 1);
                bytes.RemoveRange(from, random.Next(Math.Min(64, bytes.Count - from + 1)));
                return true;
            case 4:
                Overwrite(random, bytes, random.Next(bytes.Count + 1), random.Next(2) == 0 ? 4 : 8);
                return true;
            default:
                (int offset, int size) = seed.Fields[random.Next(seed.Fields.Length)];
                Overwrite(random, bytes, offset, size);
                return true;
        }
    }

    /// <summary>Inserts a piece of one of the files.</summary>
    private void Splice(Random random, List<byte> bytes)
    {
        byte[] source = _seeds[random.Next(_seeds.Count)].Bytes;
        int from = random.Next(source.Length), count = random.Next(Math.Min(256, source.Length - from));
        bytes.InsertRange(random.Next(bytes.Count + 1), source.AsSpan(from, count).ToArray());
    }

    /// <summary>Puts a number where it tempts a reader most, or one next to the old.</summary>
    private static void Overwrite(Random random, List<byte> bytes, int offset, int size)
    {
        if (offset + size > bytes.Count)
            return;

        Span<byte> number = stackalloc byte[8];
        for (int i = 0; i < size; i++)
            number[i] = bytes[offset + i];
        ulong old = BinaryPrimitives.ReadUInt64LittleEndian(number);
        ulong value = random.Next(4) == 0 ? old + (ulong)random.Next(-2, 3) : _tempting[random.Next(_tempting.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        for (int i = 0; i < size; i++)
            bytes[offset + i] = number[i];
    }

    private static Seed Header(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        using FileStream stream = File.OpenRead(path);
        byte[] header = new byte[file.Tensors.Min(tensor => tensor.Offset)];
        stream.ReadExactly(header);
        return new Seed(header, file.FileBytes, []);
    }

    private static GgufBuilder EveryType() => new GgufBuilder()
        .Set("general.architecture", "llama").Set("general.alignment", 32u).Set("split.no", (ushort)0).Set("split.count", (ushort)1)
        .SetRaw("u8", GgufValueType.UInt8, b => b.Raw([1])).SetRaw("i8", GgufValueType.Int8, b => b.Raw([1]))
        .SetRaw("i16", GgufValueType.Int16, b => b.Raw([1, 0])).Set("i32", 1).Set("u64", 5ul)
        .SetRaw("i64", GgufValueType.Int64, b => b.Number(9ul)).Set("f32", 1f).SetRaw("f64", GgufValueType.Float64, b => b.Number(0ul))
        .Set("bool", true).Set("tokens", [.. Enumerable.Range(0, 40).Select(i => $"tok{i}é")]).Set("scores", 1f, 2, 3).Set("types", 1, 2, 3)
        .Set("flags", true, false, true)
        .Add("token_embd.weight", ElementType.F32, [4, 8]).Add("blk.0.ffn_up.weight", ElementType.Q4_1, [2, 32])
        .Add("blk.0.ffn_up_exps.weight", ElementType.Q8_0, [2, 2, 32]).Add("blk.0.attn_norm.weight", ElementType.F16, [8])
        .Add("blk.0.attn_q.weight", ElementType.Q6_K, [1, 256]);
}
