using Microsoft.AspNetCore.Http.HttpResults;
using Scalar.AspNetCore;

namespace Spud.Server.Operations;

/// <summary><c>/openapi.json</c>, and a page at <c>/reference</c> to try what it describes.</summary>
internal static class ReferencePage
{
    private const string Description = "/openapi.json";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Description, Describe);
        app.MapScalarApiReference("/reference", static options =>
        {
            options.Title = "Spud";
            options.OpenApiRoutePattern = Description;
            options.DefaultFonts = false;
        });
    }

    private static FileStreamHttpResult Describe() =>
        TypedResults.Stream(typeof(ReferencePage).Assembly.GetManifestResourceStream("openapi.json") ?? throw new InvalidOperationException("The program lacks its resource openapi.json."), "application/json");
}
