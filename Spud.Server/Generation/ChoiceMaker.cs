using Spud.Generation;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Generation;

/// <summary>Makes the choices of a request, each with its job.</summary>
internal static class ChoiceMaker
{
    /// <summary>Checks all texts first, so that no job is submitted for a request that is refused anyway.</summary>
    /// <param name="lease">The model.</param>
    /// <param name="order">Who asks.</param>
    /// <param name="options">How texts are continued.</param>
    /// <param name="prompts">One per choice.</param>
    /// <param name="parser">Makes a parser for each; null for plain text.</param>
    /// <param name="cancellation">Cancelled when the client leaves.</param>
    public static async Task<Choice[]> MakeAsync(ModelLease lease, Order order, GenerationOptions options, int[][] prompts, Func<AnswerParser>? parser, CancellationToken cancellation)
    {
        options.Job = order.Quoted(lease.Model, options.Job);
        Request[] requests = [.. prompts.Select((prompt, index) => lease.Model.Generate(prompt, ChoiceOptions.Of(options, index), cancellation))];
        Choice[] choices = new Choice[requests.Length];
        int made = 0;
        try
        {
            for (; made < choices.Length; made++)
            {
                choices[made] = new(made, requests[made], parser?.Invoke(), Ends(lease, options))
                {
                    Job = await order.SubmitAsync(lease.Name, options, cancellation).ConfigureAwait(false),
                    Terms = options.Job,
                    Budget = options.Budget,
                    Texts = lease.Texts,
                    Client = cancellation,
                };
            }

            return choices;
        }
        catch
        {
            foreach (Choice choice in choices[..made])
                await choice.GiveUpAsync().ConfigureAwait(false);

            throw;
        }
    }

    /// <summary>One choice whose job somebody else takes care of.</summary>
    public static Choice Make(ModelLease lease, GenerationOptions options, int[] prompt, AnswerParser parser, string? job, CancellationToken cancellation) =>
        new(0, lease.Model.Generate(prompt, options, cancellation), parser, Ends(lease, options)) { JobId = job, Terms = options.Job, Budget = options.Budget, Texts = lease.Texts, Client = cancellation };

    private static IReadOnlySet<int> Ends(ModelLease lease, GenerationOptions options) => options.IgnoreEndOfGeneration ? new HashSet<int>() : lease.Model.Tokenizer.EndOfGeneration;
}
