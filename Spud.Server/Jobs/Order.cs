using Spud.Generation;
using Spud.Metering;

namespace Spud.Server.Jobs;

/// <summary>Who sends a request, and what it costs.</summary>
/// <param name="Caller">Who pays.</param>
/// <param name="Prices">The price list that applies; null for none.</param>
/// <param name="Desk">Submits its jobs.</param>
internal sealed record Order(Caller Caller, PriceList? Prices, JobDesk Desk)
{
    /// <inheritdoc cref="JobDesk.DefaultBudget"/>
    public Budget? DefaultBudget(int choices) => Desk.DefaultBudget(choices);

    /// <inheritdoc cref="JobDesk.Quoted"/>
    public JobTerms Quoted(LanguageModel model, JobTerms terms) => Desk.Quoted(model, terms);

    /// <inheritdoc cref="JobDesk.SubmitAsync"/>
    public Task<JobTicket?> SubmitAsync(string model, GenerationOptions options, CancellationToken cancellation) => Desk.SubmitAsync(Caller, model, options, Prices, cancellation);
}
