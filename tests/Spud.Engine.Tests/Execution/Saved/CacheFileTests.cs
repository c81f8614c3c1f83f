using System.Buffers.Binary;
using System.Security.Cryptography;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Execution.Saved;

/// <summary>A text in a file: what is read back goes on as if nothing had happened, and what is not this pipeline's is refused with the reason.</summary>
public sealed class CacheFileTests : IDisposable
{
    private static readonly int[] s_text = [.. Enumerable.Range(0, 70).Select(static i => i * 37 % 500 + 3)];
    private readonly TempFolder _folder = new();

    private string File => _folder.File("text.keys");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string[]> Pipelines => new()
    {
        { "llama", [] },
        { "gemma3", [] },
        { "mixtral", [] },
        { "llama", ["cache={\"use\":\"backend.cpu/plain\",\"format\":\"bf16\",\"pageTokens\":16}", "attention={\"use\":\"backend.cpu/cpu\"}"] },
        { "llama", ["cache={\"use\":\"reference\",\"perHead\":true}"] },
        { "llama", ["cache={\"use\":\"recent\"}"] },
        { "llama", ["cache={\"use\":\"streaming\",\"older\":\"F16\",\"recent\":20,\"sinks\":3,\"streamingHeads\":2}"] },
        { "llama", ["cache={\"use\":\"observed\"}"] },
        { "llama", ["attention={\"use\":\"reference\",\"fold\":[{\"use\":\"split\",\"shards\":3,\"blockTokens\":5}]}"] },
        { "mixtral", ["router={\"use\":\"prompt\"}"] },
        { "mixtral", ["router={\"use\":\"prompt\"}", "depth={\"use\":\"skip\",\"layers\":\"1\"}"] },
        { "gemma3", ["cache={\"use\":\"observed\"}", "depth={\"use\":\"skip\",\"layers\":\"0,5\"}"] },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void A_text_that_is_read_back_goes_on_as_the_one_that_was_saved(string family, string[] edits)
    {
        using Pipeline one = Compose(family, edits), other = Compose(family, edits);
        using Sequence saved = one.Engine.Open();
        Read(one, saved, s_text);
        CacheFile.Save(saved, File);
        using Sequence loaded = CacheFile.Load(other.Engine, File);

        Assert.Equal(saved.Ids, loaded.Ids);
        for (int layer = 0; layer < one.Model.Layers.Length; layer++)
            Assert.Equal(Kept(saved, layer), Kept(loaded, layer));
        Assert.Equal(Enumerable.Range(0, saved.Tokens + 1).Select(saved.CanTruncate), Enumerable.Range(0, saved.Tokens + 1).Select(loaded.CanTruncate));

        int[] more = [.. Enumerable.Range(0, 40).Select(static i => i * 11 % 300 + 5)];
        Assert.Equal(Read(one, saved, more), Read(other, loaded, more));
        int back = Enumerable.Range(0, saved.Tokens).Last(saved.CanTruncate);
        saved.Truncate(back);
        loaded.Truncate(back);
        Assert.Equal(Read(one, saved, more[..9]), Read(other, loaded, more[..9]));
    }

    [Fact]
    public void Pages_of_a_text_that_was_read_back_are_given_back()
    {
        using Pipeline pipeline = Compose("llama", []);
        using (Sequence sequence = pipeline.Engine.Open())
        {
            Read(pipeline, sequence, s_text);
            CacheFile.Save(sequence, File);
        }

        CacheFile.Load(pipeline.Engine, File).Dispose();
        AssertFree(pipeline);
    }

    [Theory]
    [InlineData("qwen3", "another model", "")]
    [InlineData("llama", "another rope", "rope={\"scaling\":\"linear\",\"factor\":2}")]
    [InlineData("llama", "another page layout", "cache.pageTokens=8")]
    [InlineData("llama", "another attention", "attention={\"use\":\"backend.cpu/cpu\"}")]
    [InlineData("llama", "another experts", "experts={\"use\":\"backend.cpu/cpu\"}")]
    [InlineData("llama", "another fold", "attention={\"use\":\"reference\",\"fold\":[{\"use\":\"split\"}]}")]
    [InlineData("llama", "70 tokens, and this pipeline's context has 64", "context=64")]
    public void A_text_of_another_model_or_pipeline_is_refused_with_what_differs(string family, string reason, string edit)
    {
        Write("llama");
        using Pipeline other = Compose(family, edit.Length == 0 ? [] : [edit]);
        CacheFileException refusal = Assert.Throws<CacheFileException>(() => CacheFile.Load(other.Engine, File));
        Assert.StartsWith($"{File} is refused: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        AssertFree(other);
    }

    [Fact]
    public void Effort_is_part_of_what_the_keys_of_a_mixture_depend_on()
    {
        using Pipeline pipeline = Compose("mixtral", []);
        using Sequence sequence = pipeline.Engine.Open();
        Read(pipeline, sequence, s_text);
        CacheFile.Save(sequence, File, effort: 0.5f);
        Assert.Contains("another effort: 0.5, and this pipeline has 1", Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, File)).Message, StringComparison.Ordinal);
        CacheFile.Load(pipeline.Engine, File, effort: 0.5f).Dispose();
    }

    [Fact]
    public void What_only_decodes_and_what_is_not_computed_with_does_not_matter()
    {
        Write("llama");
        using Pipeline other = Compose("llama", ["context=300", """experts=[{"phase":"decode","use":"backend.cpu/cpu"},{"use":"reference"}]"""]);
        using Sequence loaded = CacheFile.Load(other.Engine, File);
        Assert.Equal(s_text, loaded.Ids);
    }

    [Fact]
    public void Experts_of_the_last_layer_and_the_head_do_not_matter_those_of_the_layer_before_do()
    {
        Write("llama");
        string[] Experts(int layer) => [$$"""experts=[{"layers":"{{layer}}","use":"backend.cpu/cpu"},{"use":"reference"}]""", "head.use=backend.cpu/cpu"];
        using Pipeline first = Compose("llama", []);
        int last = first.Model.Layers.Length - 1;
        using Pipeline same = Compose("llama", Experts(last)), other = Compose("llama", Experts(last - 1));
        Assert.Empty(same.KeysAt().DifferencesFrom(first.KeysAt()));
        Assert.Equal(["experts"], other.KeysAt().DifferencesFrom(first.KeysAt()));
        CacheFile.Load(same.Engine, File).Dispose();
        Assert.Contains("another experts", Assert.Throws<CacheFileException>(() => CacheFile.Load(other.Engine, File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_is_refused_wherever_the_cut_is()
    {
        byte[] whole = Write("llama");
        using Pipeline pipeline = Compose("llama", []);
        foreach (int length in new[] { 0, 1, 7, 8, 23, 55, 56, 57, 200, whole.Length / 2, whole.Length - 1 })
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, File));
        }

        System.IO.File.WriteAllBytes(File, [.. whole, 0]);
        Assert.Contains("truncated or damaged", Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, File)).Message, StringComparison.Ordinal);
        AssertFree(pipeline);
    }

    [Fact]
    public void A_changed_bit_is_found_wherever_it_is()
    {
        byte[] whole = Write("llama");
        using Pipeline pipeline = Compose("llama", []);
        Random random = new(5);
        foreach (int at in Enumerable.Range(0, 60).Concat(Enumerable.Range(0, 60).Select(_ => random.Next(whole.Length))))
        {
            byte[] changed = [.. whole];
            changed[at] ^= (byte)(1 << random.Next(8));
            System.IO.File.WriteAllBytes(File, changed);
            Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, File));
        }

        AssertFree(pipeline);
    }

    [Fact]
    public void A_newer_version_is_refused_as_such()
    {
        byte[] whole = Write("llama");
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(8), 2);
        System.IO.File.WriteAllBytes(File, whole);
        using Pipeline pipeline = Compose("llama", []);
        Assert.Contains("it has version 2, and this Spud reads version 1", Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, File)).Message, StringComparison.Ordinal);
    }

    /// <summary>A checksum can be made to match: what the file says is checked too, before it is used as an index.</summary>
    [Fact]
    public void A_file_that_was_tampered_with_is_read_or_refused_and_breaks_nothing()
    {
        byte[] whole = Write("llama");
        int header = BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(12)), numbers = 56 + header;
        using Pipeline pipeline = Compose("llama", []);
        Random random = new(7);
        int refused = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] changed = [.. whole];

            // The header, and the ids and runs that the numbers begin with.
            int at = round % 2 == 0 ? 56 + random.Next(header) : numbers + random.Next(1200);
            changed[at] = round % 2 == 0 ? (byte)random.Next(32, 127) : (byte)random.Next(256);
            SHA256.HashData([.. changed[..24], .. changed[56..]]).CopyTo(changed, 24);
            System.IO.File.WriteAllBytes(File, changed);
            try
            {
                CacheFile.Load(pipeline.Engine, File).Dispose();
            }
            catch (CacheFileException)
            {
                refused++;
            }

            AssertFree(pipeline);
        }

        Assert.InRange(refused, 100, 400);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside_it()
    {
        byte[] before = Write("llama");
        using Pipeline pipeline = Compose("llama", []);
        using Sequence sequence = pipeline.Engine.Open();
        Read(pipeline, sequence, s_text);
        Assert.Contains("cannot be written", Assert.Throws<CacheFileException>(() => CacheFile.Save(sequence, Path.Combine(_folder.Path, "no such folder", "text.keys"))).Message, StringComparison.Ordinal);
        Assert.Throws<CacheFileException>(() => CacheFile.Save(sequence, _folder.Path));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Contains("cannot be read", Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, Path.Combine(_folder.Path, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<CacheFileException>(() => CacheFile.Load(pipeline.Engine, _folder.Path)).Message, StringComparison.Ordinal);
    }

    private byte[] Write(string family)
    {
        using Pipeline pipeline = Compose(family, []);
        using Sequence sequence = pipeline.Engine.Open();
        Read(pipeline, sequence, s_text);
        CacheFile.Save(sequence, File);
        return System.IO.File.ReadAllBytes(File);
    }

    private static string Kept(Sequence sequence, int layer) =>
        string.Join('\n', sequence.KeptKeys(layer).Select(static keys => $"{keys.Pool} {keys.Head}: {string.Join(' ', keys.Positions)}"));

    /// <summary>The logits of every row.</summary>
    private static float[] Read(Pipeline pipeline, Sequence sequence, int[] tokens)
    {
        using Batch batch = pipeline.Engine.NewBatch();
        List<float> logits = [];
        for (int done = 0, read; done < tokens.Length; done += read)
        {
            read = pipeline.Engine.Step(batch, sequence, tokens.AsSpan(done), Phase.Prefill, LogitRows.All);
            for (int row = 0; row < read; row++)
                logits.AddRange(batch.Logits(0, row));
        }

        return [.. logits];
    }

    private static void AssertFree(Pipeline pipeline) =>
        Assert.All(pipeline.Parts.Pages.Layers.SelectMany(static layer => layer.Pools), static pool => Assert.Equal(pool.Pool.Keys.Shape[0], pool.FreePages));

    private static Pipeline Compose(string family, string[] edits) => Pipeline.Compose(
        PipelineDocument.Load(null, [$"model={TestData.Path($"families/{family}.gguf")}", "head.use=reference", "attention.use=reference", "router.use=reference", "experts.use=reference", "cache.use=reference", "cache.pageTokens=4", .. edits]),
        PluginCatalog.Discover([TestData.Built("Reference"), TestData.Plugins]),
        new PipelineOptions { Threads = 2, Rows = 16, LogitRows = 16, Sequences = 2 });
}
