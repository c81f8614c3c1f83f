using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Spud.Numerics.Tests;

/// <summary>What the compiler made of a kernel: this test program runs again and prints the code of the methods asked for.</summary>
internal static partial class Disassembly
{
    /// <summary>
    /// The calls in each compiled method, leaving out those that only a failed bounds check or the first use of a table reaches.
    /// </summary>
    /// <param name="methods">As in DOTNET_JitDisasm: names, or class:method, with wildcards, between blanks.</param>
    /// <param name="test">The test that runs the methods, as a full name or with wildcards.</param>
    public static Dictionary<string, List<string>> Calls(string methods, string test)
    {
        if (Environment.GetEnvironmentVariable("SPUD_WIDTH") is not (null or "" or "default"))
        {
            Assert.Skip("The code is read at the default width only.");
        }

        string file = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add(test);
            start.Environment["DOTNET_JitDisasm"] = methods;
            start.Environment["DOTNET_JitStdOutFile"] = file;
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output);
            return Parse(File.ReadLines(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Dictionary<string, List<string>> Parse(IEnumerable<string> lines)
    {
        var calls = new Dictionary<string, List<string>>();
        List<string> current = [];
        foreach (string line in lines)
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                current = calls[heading.Groups[1].Value] = [];
            }
            else if (Call().Match(line) is { Success: true } call && !Cold().IsMatch(call.Value))
            {
                current.Add(call.Groups[1].Value);
            }
        }

        return calls;
    }

    [GeneratedRegex(@"^; Assembly listing for method (\S+)")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s+(?:call|bl|blr)\s+(.*)$")]
    private static partial Regex Call();

    [GeneratedRegex("CORINFO_HELP_(RNGCHKFAIL|GET_GCSTATIC_BASE|GET_NONGCSTATIC_BASE)")]
    private static partial Regex Cold();
}
