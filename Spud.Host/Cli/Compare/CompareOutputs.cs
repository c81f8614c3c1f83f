using System.CommandLine;
using System.Text.Json;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Outputs of a comparison: a table or JSON on standard output, files, and the state of an unfinished comparison.</summary>
internal sealed class CompareOutputs
{
    private const string Unfinished = ".unfinished";

    private readonly Shell _shell;
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document instead of the table." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Also write the JSON document to a file.", HelpName = "FILE" };
    private readonly Option<string?> _html = new("--html") { Description = "Write a self-contained HTML page with plots.", HelpName = "FILE" };
    private readonly Option<string?> _state = new("--state") { Description = $"Keep an unfinished comparison here. Default: next to the first file that is written, with {Unfinished} at the end.", HelpName = "FILE" };

    public CompareOutputs(Command command, Shell shell)
    {
        _shell = shell;
        command.Options.Add(_json);
        command.Options.Add(_output);
        command.Options.Add(_html);
        command.Options.Add(_state);
    }

    /// <summary>Opens the files before any work is done. No other process can write them until this is disposed.</summary>
    /// <exception cref="BadInputException">A file cannot be written, or is an input.</exception>
    public Opened Open(ParseResult parsed)
    {
        Opened opened = new(this, parsed);
        try
        {
            opened.Json = _shell.Files.CreateIfNamed(parsed.GetValue(_output));
            opened.Html = _shell.Files.CreateIfNamed(parsed.GetValue(_html));
            string? file = new[] { opened.Json, opened.Html }.FirstOrDefault(file => file?.IsOrdinary == true)?.Path;
            if ((parsed.GetValue(_state) ?? (file is null ? null : file + Unfinished)) is { } state)
                (opened.State, opened.StateLock) = (new(state), _shell.Files.Create(state));

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static byte[] Serialized(CompareReport report) => [.. JsonSerializer.SerializeToUtf8Bytes(report, CompareJson.Readable.CompareReport), (byte)'\n'];

    /// <summary>The files of one comparison.</summary>
    internal sealed class Opened(CompareOutputs owner, ParseResult parsed) : IDisposable
    {
        /// <summary>The state file of the unfinished comparison; null if none.</summary>
        public StateFile? State { get; set; }

        internal OutputFile? Json { get; set; }

        internal OutputFile? Html { get; set; }

        /// <summary>Never completed: it only keeps other processes from using the state.</summary>
        internal OutputFile? StateLock { get; set; }

        /// <summary>Writes all requested outputs.</summary>
        /// <exception cref="IOException">A file cannot be written.</exception>
        public void Write(CompareReport report)
        {
            Complete(Json, Serialized, report);
            Complete(Html, ComparePage.Write, report);
            if (parsed.GetValue(owner._json))
                owner._shell.WriteJson(report, CompareJson.Readable.CompareReport);
            else
                new CompareTable(owner._shell.Out).Write(report);

            owner._shell.Out.Flush();
        }

        public void Dispose()
        {
            Json?.Dispose();
            Html?.Dispose();
            StateLock?.Dispose();
        }

        private static void Complete(OutputFile? file, Func<CompareReport, byte[]> content, CompareReport report)
        {
            file?.Write(content(report));
            file?.Complete();
        }
    }
}
