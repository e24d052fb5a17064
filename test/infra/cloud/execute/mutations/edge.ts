import type { Mutations } from './mutation.ts'

const API = 'AWS::ApiGatewayV2::Api'
const AUTHORIZER = 'AWS::ApiGatewayV2::Authorizer'
const INTEGRATION = 'AWS::ApiGatewayV2::Integration'
const PERMISSION = 'AWS::Lambda::Permission'
const ROUTE = 'AWS::ApiGatewayV2::Route'
const STAGE = 'AWS::ApiGatewayV2::Stage'
const CLIENT = 'RequestParameters / overwrite:header.x-click-client'
const IP = 'RequestParameters / overwrite:header.x-click-ip'

/** Steps 1 and 2. */
export const EDGE: Mutations = {
  'x-click-client is a constant': {
    make: (edit) => edit.set(INTEGRATION, 'Take', CLIENT, 'somebody'),
    caught: /an application sends a click/,
  },
  'x-click-client is not mapped': {
    make: (edit) => edit.remove(INTEGRATION, 'Take', CLIENT),
    caught: /somebody-else/,
  },
  'x-click-client is appended': {
    make: (edit) => {
      edit.remove(INTEGRATION, 'Take', CLIENT)
      edit.set(INTEGRATION, 'Take', CLIENT.replace('overwrite', 'append'), '$context.authorizer.client')
    },
    caught: /somebody-else,default/,
  },
  'x-click-client comes from a key that the authorizer does not give': {
    make: (edit) => edit.set(INTEGRATION, 'Take', CLIENT, '$context.authorizer.name'),
    caught: /authorizer\.name is nothing/,
  },
  'x-click-ip comes from another variable': {
    make: (edit) => edit.set(INTEGRATION, 'Take', IP, '$context.identity.userAgent'),
    caught: /an application sends a click/,
  },
  'x-click-ip comes from a variable that is none': {
    make: (edit) => edit.set(INTEGRATION, 'Take', IP, '$context.identity.sourceIP'),
    caught: /sourceIP is no variable/,
  },
  'a reserved header is mapped': {
    make: (edit) =>
      edit.set(
        INTEGRATION,
        'Take',
        'RequestParameters / overwrite:header.X-Forwarded-For',
        '$context.identity.sourceIp',
      ),
    caught: /the header is reserved/,
  },
  'the path is mapped to another': {
    make: (edit) => edit.set(INTEGRATION, 'Take', 'RequestParameters / overwrite:path', '/'),
    caught: /an application sends a click/,
  },
  'x-click-client is not removed where nobody is asked': {
    make: (edit) => edit.remove(INTEGRATION, 'Show', 'RequestParameters / remove:header.x-click-client'),
    caught: /the browser script is for everybody/,
  },
  'the authorizers’ identity sources are swapped': {
    make: (edit) => {
      edit.set(AUTHORIZER, 'Apikey', 'IdentitySource', ['$request.header.Origin'])
      edit.set(AUTHORIZER, 'Apiorigin', 'IdentitySource', ['$request.header.Authorization'])
    },
    caught: /an application sends a click.+Unauthorized/s,
  },
  'one authorizer wants both credentials': {
    make: (edit) =>
      edit.set(AUTHORIZER, 'Apikey', 'IdentitySource', ['$request.header.Authorization', '$request.header.Origin']),
    caught: /an application sends a click.+Unauthorized/s,
  },
  'a route is missing': {
    make: (edit) => {
      edit.drop(ROUTE, 'PUTclicks')
      edit.remove(STAGE, '', 'RouteSettings / PUT /clicks')
    },
    caught: /a page sends the older site’s profile view.+Not Found/s,
  },
  'a route is missing that the stage has settings of': {
    make: (edit) => edit.drop(ROUTE, 'PUTclicks'),
    caught: /Unable to find Route by key PUT \/clicks/,
  },
  'the stage is made before its routes': {
    make: (edit) => edit.free(STAGE, ''),
    caught: /Unable to find Route by key/,
  },
  'a route takes any method': {
    make: (edit) => edit.set(ROUTE, 'PUTclicks', 'RouteKey', 'ANY /clicks'),
    caught: /RouteKey/,
  },
  'a route has no authorizer': {
    make: (edit) => {
      edit.set(ROUTE, 'POSTclicklogger', 'AuthorizationType', 'NONE')
      edit.remove(ROUTE, 'POSTclicklogger', 'AuthorizerId')
    },
    caught: /authorizer\.client is nothing/,
  },
  'a route has the other authorizer': {
    make: (edit) => edit.set(ROUTE, 'PUTclicks', 'AuthorizerId', edit.get(ROUTE, 'POSTclicklogger', 'AuthorizerId')),
    caught: /a page sends the older site’s profile view.+Unauthorized/s,
  },
  'the gateway may not call the authorizer': {
    make: (edit) => edit.drop(PERMISSION, 'Apikey'),
    caught: /apigateway\.amazonaws\.com.+not authorized to perform lambda:InvokeFunction/,
  },
  'the gateway may call for another authorizer only': {
    make: (edit) => edit.set(PERMISSION, 'Apikey', 'SourceArn', edit.get(PERMISSION, 'Apiorigin', 'SourceArn')),
    caught: /apigateway\.amazonaws\.com.+not authorized to perform lambda:InvokeFunction/,
  },
  'no CORS': {
    make: (edit) => edit.remove(API, '', 'CorsConfiguration'),
    caught: /a page asks what it may do/,
  },
  'CORS without the origin': {
    make: (edit) => edit.set(API, '', 'CorsConfiguration / AllowOrigins', ['https://other.example']),
    caught: /a page asks what it may do/,
  },
  'CORS without PUT': {
    make: (edit) => edit.set(API, '', 'CorsConfiguration / AllowMethods', ['GET', 'POST']),
    caught: /PUT is allowed/,
  },
  'the stage has a name': {
    make: (edit) => edit.set(STAGE, '', 'StageName', 'prod'),
    caught: /StageName/,
  },
  'an integration goes over the internet': {
    make: (edit) => edit.set(INTEGRATION, 'Take', 'ConnectionType', 'INTERNET'),
    caught: /ConnectionType/,
  },
  'an integration leads to the load balancer and not its listener': {
    make: (edit) =>
      edit.set(INTEGRATION, 'Take', 'IntegrationUri', {
        Ref: (edit.get('AWS::ElasticLoadBalancingV2::Listener', '', 'LoadBalancerArn') as { Ref: string }).Ref,
      }),
    caught: /There is no AWS::ElasticLoadBalancingV2::Listener/,
  },
}
