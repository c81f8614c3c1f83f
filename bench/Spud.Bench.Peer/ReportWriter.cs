using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using System.Text.Json;

namespace Spud.Bench.Peer;

/// <summary>Writes a report as JSON and as a Markdown table.</summary>
internal static class ReportWriter
{
    public static Report Describe(IReadOnlyList<Result> results, string arguments) => new(
        $"{Processor()}, vectors of {Vectors()}",
        Environment.ProcessorCount,
        "llama.cpp of npm's node-llama-cpp 3.22.1",
        $"bench/run.sh {arguments}".TrimEnd(),
        Output("git", "rev-parse", "--short", "HEAD") + (Output("git", "status", "--porcelain").Length > 0 ? " and uncommitted changes" : ""),
        DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        results);

    public static void Write(Report report, string prefix)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(prefix))!);
        File.WriteAllText(prefix + ".json", JsonSerializer.Serialize(report, ReportJson.Default.Report) + "\n");
        File.WriteAllText(prefix + ".md", Markdown(report));
    }

    public static string Line(Result result) =>
        $"| {result.Work.Model} | {result.Work.Threads} | {result.Work.Name} | {result.SpudMedian:F1} | {result.PeerMedian:F1} | **{result.Ratio:F2}** | {result.LowestRatio:F2} to {result.HighestRatio:F2} |";

    private static string Markdown(Report report)
    {
        StringBuilder text = new();
        text.AppendLine("# Spud against llama.cpp").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Processor}, {report.Cores} cores; {report.Peer}; commit {report.Commit}; {report.Date}; `{report.Command}`.");
        text.AppendLine("Tokens per second, median of the rounds; the ratio is the median of the rounds' ratios, and the spread their smallest and largest.").AppendLine();
        text.AppendLine("| model | threads | work | Spud | llama.cpp | ratio | spread |").AppendLine("|---|---|---|---|---|---|---|");
        foreach (Result result in report.Results)
            text.AppendLine(Line(result));

        return text.ToString();
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor" : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private static string Vectors() =>
        (Vector512.IsHardwareAccelerated ? "512 bits" : Vector256.IsHardwareAccelerated ? "256 bits" : "128 bits or less") + (AvxVnni.IsSupported ? " with AVX-VNNI" : ", no AVX-VNNI");

    private static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return text;
    }
}
