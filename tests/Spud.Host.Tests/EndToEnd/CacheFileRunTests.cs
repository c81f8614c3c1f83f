namespace Spud.Host.Tests.EndToEnd;

/// <summary><c>spud run --cache-file</c>: what a run has read, the next one does not read again.</summary>
public sealed class CacheFileRunTests
{
    private static readonly string[] s_greedy = ["--raw", "-m", Spud.Stories, "--temperature", "0", "--max-tokens", "8", "--json"];
    private const string Prompt = "Once upon a time there was a little girl who had a dog";

    [Fact]
    public void The_second_run_with_a_prompt_reads_only_what_is_new_and_answers_the_same()
    {
        using TempFolder folder = new();
        string file = folder.File("text.keys"), receipt = folder.File("receipt.json");
        Outcome plain = Spud.Run(["run", .. s_greedy, Prompt]).Succeeded();
        Outcome first = Spud.Run(["run", .. s_greedy, "--cache-file", file, Prompt]).Succeeded(), second = Spud.Run(["run", .. s_greedy, "--cache-file", file, "--receipt", receipt, Prompt]).Succeeded();
        int tokens = first.Json.GetProperty("promptTokens").GetInt32();
        Assert.Equal((0, tokens - 1), (first.Json.GetProperty("reusedTokens").GetInt32(), second.Json.GetProperty("reusedTokens").GetInt32()));
        Assert.Equal(plain.Json.GetProperty("text").GetString(), second.Json.GetProperty("text").GetString());
        Assert.Contains($"({tokens - 1} reused)", second.Error);
        Assert.Contains($"\"reusedTokens\":{tokens - 1}", File.ReadAllText(receipt).Replace(" ", "", StringComparison.Ordinal));

        Outcome longer = Spud.Run(["run", .. s_greedy, "--cache-file", file, Prompt + " named Spot."]).Succeeded(), other = Spud.Run(["run", .. s_greedy, Prompt + " named Spot."]).Succeeded();
        // What was generated may be what the longer prompt says.
        Assert.InRange(longer.Json.GetProperty("reusedTokens").GetInt32(), tokens - 2, longer.Json.GetProperty("promptTokens").GetInt32() - 1);
        Assert.Equal(other.Json.GetProperty("text").GetString(), longer.Json.GetProperty("text").GetString());
        Assert.Equal([file, receipt], Directory.GetFileSystemEntries(folder.Path).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void A_file_of_another_pipeline_and_a_file_that_is_none_are_refused_with_the_reason()
    {
        using TempFolder folder = new();
        string file = folder.File("text.keys");
        Spud.Run(["run", .. s_greedy, "--cache-file", file, Prompt]).Succeeded();
        Spud.Run(["run", .. s_greedy, "--cache-file", file, "--set", "cache.format=f32", Prompt]).Refused(2, "is refused: it was written with another cache", "f32");
        Spud.Run(["run", .. s_greedy, "--cache-file", folder.Write("text.txt", "no keys, but a text that is long enough to have a header of sixty bytes"u8), Prompt]).Refused(2, "it is not a cache file of Spud");
        Spud.Run(["run", .. s_greedy, "--cache-file", Spud.Stories, Prompt]).Refused(2, "would overwrite");
    }
}
