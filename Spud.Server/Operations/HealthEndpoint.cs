using Microsoft.AspNetCore.Http.HttpResults;
using Spud.Server.Generation;

namespace Spud.Server.Operations;

/// <summary><c>GET /health</c>: 200 once requests are answered, 503 before and after.</summary>
internal static class HealthEndpoint
{
    /// <summary>The state of the server.</summary>
    public static JsonHttpResult<Health> Get(Readiness readiness, Admission admission) => TypedResults.Json(
        new Health(readiness.State, admission.Open),
        HealthJson.Default.Health,
        statusCode: readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}

/// <summary>The state of the server.</summary>
/// <param name="Status">"ok", or why it does not answer.</param>
/// <param name="Answers">Answers that clients wait for.</param>
internal sealed record Health(string Status, int Answers);
