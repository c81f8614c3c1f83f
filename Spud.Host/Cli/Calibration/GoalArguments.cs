using System.CommandLine;

namespace Spud.Host;

/// <summary>The options that set the goal of a calibration.</summary>
internal sealed class GoalArguments
{
    private readonly Option<float?> _experts = Values.Number("--experts", 1, 1024, "Target average number of experts per token.");
    private readonly Option<float?> _ratio;
    private readonly Option<int?> _least = Values.Integer("--min-experts", 1, 1024, "Minimum experts per token. Default: 1.");
    private readonly Option<int?> _most = Values.Integer("--max-experts", 1, 1024, "Maximum experts per token. Default: the number the model was trained with, or the next whole number above the average.");

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="text">What the perplexity is of, for the description: "the text".</param>
    public GoalArguments(Command command, string text)
    {
        _ratio = Values.Number("--perplexity-ratio", 1, 1000, $"Use as few experts as possible without raising the perplexity of {text} by more than this factor.");
        foreach (Option option in new Option[] { _experts, _ratio, _least, _most })
            command.Options.Add(option);
    }

    /// <summary>The goal, checked against the model.</summary>
    /// <inheritdoc cref="CalibrationGoal.Of" path="/exception"/>
    public CalibrationGoal Goal(ParseResult parsed, string model) =>
        CalibrationGoal.Of(model, parsed.GetValue(_experts), parsed.GetValue(_ratio), parsed.GetValue(_least), parsed.GetValue(_most));
}
