using Microsoft.AspNetCore.Http.HttpResults;
using Spud.Server.Http;

namespace Spud.Server.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal static class ModelEndpoints
{
    /// <summary>All models.</summary>
    public static JsonHttpResult<ModelList> List(ModelShelf models) =>
        TypedResults.Json(new ModelList([.. models.All.Select(ModelEntry.Of)]), ModelJson.Default.ModelList);

    /// <summary>One model.</summary>
    /// <exception cref="ApiException">There is no such model.</exception>
    public static JsonHttpResult<ModelEntry> Get(string id, ModelShelf models) =>
        TypedResults.Json(ModelEntry.Of(models.Find(id) ?? throw models.Unknown(id)), ModelJson.Default.ModelEntry);
}
