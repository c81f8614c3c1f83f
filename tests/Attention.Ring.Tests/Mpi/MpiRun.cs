namespace Attention.Ring.Tests.Mpi;

/// <summary>The command line of a short answer, of all ranks or of one program.</summary>
internal static class MpiRun
{
    private const string Exact = """{ "head": {"activations":"f32"}, "experts": {"activations":"f32"}, "cache": {"format":"f32"}, "attention": {"use":"cpu","activations":"f32"FOLD} }""";

    /// <summary>The fold decorator with some options.</summary>
    public static string Ring(string options) => $$""","fold":[{"use":"ring","transport":"mpi","{{options}}}]""";

    /// <summary>A command line that answers in about thirty tokens, always the same.</summary>
    public static string[] Arguments(TempFolder folder, string file, string fold, int maxTokens = 30)
    {
        File.WriteAllText(folder.File(file), Exact.Replace("FOLD", fold, StringComparison.Ordinal));
        return ["run", "-m", TestData.DefaultModel, "-p", folder.File(file), "--threads", "1", "--temperature", "0", "--raw", "--max-tokens", $"{maxTokens}", "Once upon a time there was a king who had three daughters, and"];
    }
}
