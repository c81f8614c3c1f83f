using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Xunit;

namespace Spud.Numerics.Tests.Kernels;

/// <summary>
/// The compiler's own listing of the hot bodies, from a child process that runs the kernel tests: a lane operation that
/// was not inlined is a call, and costs a kernel most of its speed without failing any other test.
/// </summary>
public sealed partial class DisassemblyTests
{
    private static readonly string[] _bodies = ["PackedTile:Run", "MatMulF32:AddEverySecondVector", "Dot:Run", "AttentionScores:Rows", "AttentionValues:Rows", "Elementwise:Run"];

    private static readonly Lazy<string> _listing = new(List);

    [Fact]
    public void HotBodiesCallNothing()
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "Only the bodies for vectors of 256 and 512 bits are listed: this processor or this run has neither.");
        List<(string Name, string[] Calls)> methods = [.. Methods(_listing.Value).Select(method => (method.Name, Calls(method.Code)))];
        Assert.All(_bodies, body => Assert.Contains(methods, method => method.Name.Contains(body, StringComparison.Ordinal)));
        Assert.All(methods, method => Assert.True(method.Calls.Length == 0, $"{method.Name}:\n{string.Join('\n', method.Calls)}"));
    }

    /// <summary>Dot products once fetched every other line ahead, which cost half of their speed; fetching all lines still did in mapped files.</summary>
    [Fact]
    public void DotProductsLeavePrefetchingToTheProcessor()
    {
        Assert.SkipUnless(Sse.IsSupported, "This processor or this run has no prefetch instruction.");
        List<(string Name, string Code)> bodies = [.. Methods(_listing.Value).Where(method => method.Name.Contains("Dot:Run", StringComparison.Ordinal))];
        Assert.NotEmpty(bodies);
        Assert.All(bodies, body => Assert.Equal((body.Name, 0), (body.Name, PrefetchInstruction().Count(body.Code))));
    }

    private static string List()
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Spud.Numerics.Tests.exe" : "Spud.Numerics.Tests");
        Assert.SkipUnless(File.Exists(program), $"{program} is not there: build the test project as a program.");
        string listing = Path.GetTempFileName();
        try
        {
            Run(program, listing);
            return File.ReadAllText(listing);
        }
        finally
        {
            File.Delete(listing);
        }
    }

    private static void Run(string program, string listing)
    {
        // One thread compiles at a time: listings of two would be mixed line by line.
        var start = new ProcessStartInfo(program, ["-parallel", "none", "-class", "*PackedMatMulTests", "-class", "*AttentionTests", "-class", "*ElementwiseTests", "-class", "*MatMulF32Tests", "-class", "*MatMulTests"])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["DOTNET_TieredCompilation"] = "0",
                ["DOTNET_JitStdOutFile"] = listing,
                ["DOTNET_JitDisasm"] = string.Join(' ', _bodies.Select(body => $"*{body}*")),
            },
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    private static IEnumerable<(string Name, string Code)> Methods(string listing) =>
        listing.Split("; Assembly listing for method ").Skip(1).Select(method => (method[..method.IndexOf('\n', StringComparison.Ordinal)], method));

    /// <summary>Its calls, except those of stack checks and of exceptions.</summary>
    private static string[] Calls(string code) =>
        [.. Call().Matches(code).Select(match => match.Value.Trim()).Where(call => !call.Contains("CORINFO_HELP_", StringComparison.Ordinal))];

    [GeneratedRegex(@"^\s+call\s.*$", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\s+prefetcht0\s", RegexOptions.Multiline)]
    private static partial Regex PrefetchInstruction();
}
