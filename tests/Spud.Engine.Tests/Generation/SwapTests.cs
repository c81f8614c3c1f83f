using Spud.Execution;
using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>Texts of requests that gave their pages back, in files instead of being computed again.</summary>
public sealed class SwapTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spud-swap-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""experts={ "use": "cpu" }""")]
    [InlineData("""experts=[{ "phase": "decode", "use": "cpu" }, { "use": "cpu" }]""")]
    public async Task A_text_that_was_written_to_a_file_goes_on_without_being_read_again(string edit)
    {
        using LanguageModel alone = LoopModel.Load(new() { Threads = 1 }, edit);
        using (LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2, CacheTokens = 320, SwapFolder = _folder }, edit, "cache.pageTokens=16"))
        {
            SwapStore swap = model.Pipeline.Parts.Swap!;
            swap.Speed = (1e15, 1e15);
            Request[] both = [.. new[] { "Once upon a time", "Lily" }.Select(text => model.Generate(model.Encode(text), LoopModel.Greedy(250), Cancellation))];
            int[][] texts = await Task.WhenAll(LoopModel.ReadTogether(model, both));
            for (int i = 0; i < both.Length; i++)
                Assert.Equal(await LoopModel.Read(alone.Generate(both[i].Prompt, LoopModel.Greedy(250), Cancellation)), texts[i]);

            // Measured by now, and nothing was computed twice.
            Assert.InRange(swap.Speed.Write, 1, 1e12);
            Assert.InRange(swap.Speed.Read, 1, 1e12);
            Assert.Equal((1, both.Sum(request => request.Ledger!.Tokens)), (both.Sum(request => request.Releases), model.Status.Rows));
            Assert.Equal(0, swap.Bytes);
            string own = Assert.Single(Directory.GetDirectories(_folder));
            Assert.Equal("lock", Path.GetFileName(Assert.Single(Directory.GetFiles(own))));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
        }

        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task Files_that_cannot_be_written_or_read_are_told_once_and_texts_are_computed_again()
    {
        List<string> log = [];
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        using LanguageModel alone = LoopModel.Load(new() { Threads = 1 });
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2, CacheTokens = 320, SwapFolder = file, Log = log.Add }, "cache.pageTokens=16");
        model.Pipeline.Parts.Swap!.Speed = (1e15, 1e15);
        for (int round = 0; round < 2; round++)
        {
            Request[] both = [.. new[] { "Once upon a time", "Lily" }.Select(text => model.Generate(model.Encode(text), LoopModel.Greedy(250), Cancellation))];
            int[][] texts = await Task.WhenAll(LoopModel.ReadTogether(model, both));
            Assert.Equal(await LoopModel.Read(alone.Generate(both[0].Prompt, LoopModel.Greedy(250), Cancellation)), texts[0]);
            Assert.Equal(1, both.Sum(request => request.Releases));
        }

        Assert.EndsWith("Texts of requests that give their pages back are computed again instead.", Assert.Single(log));
    }

    [Fact]
    public void A_damaged_file_leaves_the_sequence_empty()
    {
        List<string> log = [];
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2 });
        using SwapStore swap = new(_folder, log.Add) { Speed = (1e15, 1e15) };
        using Sequence written = model.Engine.Open(), read = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        model.Engine.Step(batch, written, new int[40], Phase.Prefill, LogitRows.None);
        SwappedText text = swap.Write(written, secondsPerRow: 1)!;
        byte[] bytes = File.ReadAllBytes(text.Path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(text.Path, bytes);
        Assert.False(swap.Read(text, read));
        Assert.Equal((0, 0L), (read.Tokens, read.Tables.Sum(table => table.KeptBytes)));
        Assert.Contains("checksum", Assert.Single(log));
        Assert.Null(swap.Write(written, secondsPerRow: 1));
    }

    [Fact]
    public void Folders_of_processes_that_were_killed_are_deleted_and_those_in_use_are_not()
    {
        string killed = Path.Combine(_folder, "spud-swap-1-killed"), beginning = Path.Combine(_folder, "spud-swap-2-beginning"), other = Path.Combine(_folder, "mine");
        foreach (string folder in (string[])[killed, beginning, other])
            Directory.CreateDirectory(folder);

        File.WriteAllText(Path.Combine(killed, "lock"), "");
        File.WriteAllText(Path.Combine(killed, "1.keys"), "keys");
        using LanguageModel model = LoopModel.Load(new() { Threads = 1, Sequences = 2 });
        using Sequence written = model.Engine.Open();
        using Batch batch = model.Engine.NewBatch();
        model.Engine.Step(batch, written, new int[40], Phase.Prefill, LogitRows.None);
        using SwapStore living = new(_folder, null) { Speed = (1e15, 1e15) }, next = new(_folder, null) { Speed = (1e15, 1e15) };
        SwappedText text = living.Write(written, secondsPerRow: 1)!;
        Assert.NotNull(next.Write(written, secondsPerRow: 1));
        Assert.Equal((false, true, true, true), (Directory.Exists(killed), Directory.Exists(beginning), Directory.Exists(other), File.Exists(text.Path)));
    }

    [Fact]
    public void A_text_is_written_only_where_that_takes_less_time_than_computing_it()
    {
        using SwapStore swap = new(_folder, null) { Speed = (100e6, 300e6) };
        // 1,000 tokens of 30 kB take 0.4 s to write and to read.
        Assert.True(swap.IsCheaper(30_000_000, 1_000, 0.00041));
        Assert.False(swap.IsCheaper(30_000_000, 1_000, 0.00039));
        Assert.False(swap.IsCheaper(30_000_000, 1_000, 0));
    }
}
