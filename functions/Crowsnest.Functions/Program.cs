using Crowsnest.Azure;
using Crowsnest.Functions;
using Crowsnest.Functions.Pages;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Options;

// The host ends the app when it does not answer within 30 seconds: nothing here may ask storage or anything else that can be away.
FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.Limits.MaxRequestBodySize = null);
builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>, NoStoredKeys>();
builder.Services.AddCrowsnest(builder.Configuration);
builder.Services.AddConsole();
builder.Services.AddHostedService<ParentWatch>();
builder.AddTelemetry();
await builder.Build().RunAsync();

// The host does not start a worker again that ended with 0. Whoever ended this one on purpose does not look at the code.
return ExitCodes.StartAgain;
