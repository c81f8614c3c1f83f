using System.Diagnostics;
using Spud.Training.Cli;
using Spud.Training.Configuration;

namespace Spud.Training.Runs;

/// <summary>
/// Runs a list of configurations in order, a few at a time, each in its own process, and resumes unfinished ones. A run waits for those that
/// it depends on; a failed run is reported and skipped.
/// </summary>
internal sealed class Study
{
    private readonly List<string> _waiting;
    private readonly string _data, _runs;
    private readonly double _hours;
    private readonly List<string> _failed = [];

    /// <param name="configurations">Files, in order.</param>
    /// <param name="data">Folder of the corpus.</param>
    /// <param name="runs">Folder of the runs.</param>
    /// <param name="hours">Length of a segment.</param>
    public Study(IEnumerable<string> configurations, string data, string runs, double hours)
    {
        (_data, _runs, _hours) = (data, runs, hours);
        _waiting = [.. configurations.Where(configuration => !IsFinished(NameOf(configuration)))];
    }

    /// <summary>The configurations of a list: one name per line, of a file in the folder configs next to it; # begins a comment.</summary>
    /// <exception cref="TrainingException">The list or a configuration is missing or wrong.</exception>
    public static IEnumerable<string> Read(string list)
    {
        if (!File.Exists(list))
            throw new TrainingException($"{list} is missing: expected a file with the name of a configuration on each line.");

        string folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(list))!, "configs");
        return File.ReadLines(list).Select(static line => line.Split('#')[0].Trim()).Where(static name => name.Length > 0).Select(name => Path.Combine(folder, name + ".json"));
    }

    /// <summary>Runs until nothing is left to train.</summary>
    /// <param name="workers">Number of concurrent runs.</param>
    /// <param name="cancel">Cancels the study; the runs end by themselves.</param>
    /// <returns>The runs that failed or depend on one that did.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(int workers, CancellationToken cancel)
    {
        List<Task> running = [];
        while (true)
        {
            while (running.Count < workers && _waiting.Find(IsReady) is { } configuration)
            {
                _waiting.Remove(configuration);
                running.Add(TrainToTheEndAsync(configuration, cancel));
            }

            if (running.Count == 0)
                return [.. _failed.Concat(_waiting).Select(NameOf)];

            Task ended = await Task.WhenAny(running).ConfigureAwait(false);
            running.Remove(ended);
            await ended.ConfigureAwait(false);
        }
    }

    private static string NameOf(string configuration) => Path.GetFileNameWithoutExtension(configuration);

    private bool IsFinished(string name) => RunLog.Last(TrainingRun.Log(Path.Combine(_runs, name))) is not null;

    private bool IsReady(string path)
    {
        TrainingConfiguration configuration = TrainingConfiguration.Load(path);
        return configuration.Pilots.All(IsFinished) && (configuration.Trunk is not { } trunk || File.Exists(TrainingRun.Kept(Path.Combine(_runs, trunk.Run), trunk.Step)));
    }

    private async Task TrainToTheEndAsync(string configuration, CancellationToken cancel)
    {
        int code;
        do
            code = await TrainAsync(configuration, cancel).ConfigureAwait(false);
        while (code == ExitCodes.Unfinished);

        if (code != ExitCodes.Done)
        {
            await Console.Error.WriteLineAsync($"{NameOf(configuration)}: ended with exit code {code}, left out").ConfigureAwait(false);
            _failed.Add(configuration);
        }
    }

    private async Task<int> TrainAsync(string configuration, CancellationToken cancel)
    {
        string[] arguments = ["train", "--config", configuration, "--data", _data, "--runs", _runs, "--hours", $"{_hours}", "--follow", $"{Environment.ProcessId}"];
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments))!;
        await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        return process.ExitCode;
    }
}
