using Spud.Training.Configuration;

namespace Spud.Training.Runs;

/// <summary>The learning rate of a configuration that takes it from its pilots.</summary>
internal static class PilotedRate
{
    /// <param name="configuration">Its rate, or its pilots.</param>
    /// <param name="configurations">Folder of the pilots' configurations.</param>
    /// <param name="runs">Folder of the pilots' runs.</param>
    /// <exception cref="TrainingException">A pilot is not finished.</exception>
    public static TrainingConfiguration Resolve(TrainingConfiguration configuration, string configurations, string runs)
    {
        if (configuration.Pilots.Count == 0)
            return configuration;

        string best = configuration.Pilots.MinBy(pilot => LossOf(pilot, runs))!;
        return configuration with { Rate = TrainingConfiguration.Load(Path.Combine(configurations, best + ".json")).Rate };
    }

    private static double LossOf(string pilot, string runs)
    {
        string log = TrainingRun.Log(Path.Combine(runs, pilot));
        return RunLog.Last(log)?.Mean ?? throw new TrainingException($"{log}: expected the log of a finished run, because the learning rate depends on it. Train '{pilot}' first.");
    }
}
